"""What the gateway asks for is done: each group of calls on its good path, with its effect, against the simulator.

What is sent stands in test_what_is_sent, what goes through many people in test_many_people, who visits in test_visits.
"""

from datetime import timedelta

import pytest

from backend import clock
from backend.wechat.calls.drafts import Article
from backend.wechat.calls.menus import Button, Match, Phone
from backend.wechat.calls.publishing import PublishState
from backend.wechat.failures import Closed, QuotaExhausted
from tests.conftest import OFFICIAL
from tests.contracts.gateway.given import BUTTONS, JPG, MP4, NOBODY, Given, rid_of
from tests.contracts.gateway.lines_of_accounts import TOKEN
from tests.served import MINIPROGRAM


def test_a_subscription_template_is_picked_from_the_library_and_removed(given: Given) -> None:
    shelf = given.mini.subscriptions
    titles = shelf.library([each.id for each in shelf.categories()])
    keywords = shelf.keywords(titles[-1].id)
    added = shelf.add(titles[-1].id, [each.id for each in keywords[:2]], "通知")
    assert added in [each.id for each in shelf.all()]
    shelf.remove(added)
    assert added not in [each.id for each in shelf.all()]


def test_the_library_is_read_in_pages(given: Given) -> None:
    shelf = given.mini.subscriptions
    whole = shelf.library([1401, 1402, 1403])
    assert [shelf.library([1401, 1402, 1403], start, 1)[0] for start in range(len(whole))] == whole
    assert {each.category_id for each in shelf.library([1402])} == {1402}


def test_a_tag_is_made_renamed_and_removed(given: Given) -> None:
    tag, tags = given.tag(), given.gateway.tags
    tags.rename(tag, f"巷长{tag}")
    assert f"巷长{tag}" in [each.name for each in tags.all()]
    tags.remove(tag)
    assert tag not in [each.id for each in tags.all()]


def test_a_menu_for_a_tag_is_seen_by_those_who_have_it(given: Given) -> None:
    other, menus = (Button("志愿", "click", "help"),), given.gateway.menus
    tag, menu = _tagged_menu(given, other)
    assert menus.seen_by(given.openid) == other
    assert [(each.id, each.match.tag_id, each.buttons) for each in menus.conditional()] == [(menu, tag, other)]
    assert menus.current() == BUTTONS
    menus.remove_conditional(menu)
    assert menus.seen_by(given.openid) == BUTTONS


def _tagged_menu(given: Given, buttons: tuple[Button, ...]) -> tuple[int, str]:
    tag = given.tag()
    given.gateway.menus.push(BUTTONS)
    given.gateway.tags.tag(tag, [given.openid])
    return tag, given.gateway.menus.add_conditional(buttons, Match(tag_id=tag))


def test_a_menu_for_a_kind_of_phone_is_seen_on_such_phones(given: Given) -> None:
    other, menus = (Button("志愿", "click", "help"),), given.gateway.menus
    menus.push(BUTTONS)
    given.afterwards.callback(menus.remove_conditional, menus.add_conditional(other, Match(phone=Phone.IOS)))
    given.platform.ask("POST", "people/p1", {"client": 1})
    assert menus.seen_by(given.openid) == other
    given.platform.ask("POST", "people/p1", {"client": 2})
    assert menus.seen_by(given.openid) == BUTTONS


def test_removing_the_menu_removes_the_conditional_ones(given: Given) -> None:
    _tagged_menu(given, BUTTONS)
    given.gateway.menus.remove()
    assert (given.gateway.menus.current(), given.gateway.menus.conditional()) == ((), ())


def test_buttons_lead_to_programs_pictures_and_articles(given: Given) -> None:
    picture = given.gateway.media.add("image", "a.jpg", JPG).media_id
    mini = Button("报修", "miniprogram", url="https://e.org", app_id=MINIPROGRAM.app_id, page_path="pages/a")
    below = (Button("图", "media_id", media_id=picture), Button("文", "article_id", article_id=given.published()))
    buttons = (mini, Button("更多", buttons=below))
    given.gateway.menus.push(buttons)
    assert given.gateway.menus.current() == buttons


def test_material_is_kept_listed_and_removed(given: Given) -> None:
    media, before = given.gateway.media, given.gateway.media.counts()
    added = media.add("image", "a.jpg", JPG)
    assert media.material(added.media_id).content == JPG
    assert media.materials("image")[0].media_id == added.media_id
    assert media.counts().images == before.images + 1
    given.platform.advance(10 * 86_400)
    assert media.material(added.media_id).content == JPG
    media.remove(added.media_id)
    assert media.counts() == before
    assert media.upload_for_article("a.jpg", JPG).startswith("http")


def test_a_video_is_told_by_its_address(given: Given) -> None:
    media = given.gateway.media
    assert media.video_url(media.upload("video", "a.mp4", MP4)).startswith("http")
    assert media.material_video_url(media.add("video", "a.mp4", MP4, "片").media_id).startswith("http")


def test_a_draft_is_written_changed_and_removed(given: Given) -> None:
    drafts, before = given.gateway.drafts, given.gateway.drafts.count()
    media_id = given.draft()
    [article] = drafts.get(media_id)
    assert (article.title, article.content, article.digest) == ("停水通知", "<p>明天停水</p>", "明天")
    drafts.update(media_id, 0, Article("改了", "<p>好</p>", given.thumb(), "春晓", source_url="https://e.org"))
    [article] = drafts.get(media_id)
    assert (article.title, article.author, article.source_url) == ("改了", "春晓", "https://e.org")
    assert (drafts.count(), drafts.page()[0].media_id) == (before + 1, media_id)
    drafts.remove(media_id)
    assert drafts.count() == before


def test_a_draft_is_published_read_listed_and_taken_back(given: Given) -> None:
    given.settings(publish_seconds=60)
    publishing, media_id = given.gateway.publishing, given.draft()
    publish_id = publishing.submit(media_id)
    assert publishing.state(publish_id).state is PublishState.RUNNING
    given.platform.advance(61)
    done = publishing.state(publish_id)
    assert (done.state, len(done.urls), done.failed) == (PublishState.DONE, 1, ())
    assert [each.title for each in publishing.article(done.article_id)] == ["停水通知"]
    assert publishing.page()[0].article_id == done.article_id
    publishing.remove(done.article_id)
    assert publishing.state(publish_id).state is PublishState.DELETED
    assert done.article_id not in [each.article_id for each in publishing.page()]


@pytest.mark.parametrize("state", [PublishState.NOT_ORIGINAL, PublishState.FAILED, PublishState.REFUSED])
def test_a_publishing_that_fails_tells_which_article(given: Given, state: PublishState) -> None:
    given.settings(publish_status=int(state), publish_seconds=0)
    told = given.gateway.publishing.state(given.gateway.publishing.submit(given.draft()))
    assert (told.state, told.article_id, told.failed) == (state, "", (1,))


def test_quotas_are_told_as_far_as_they_are_used(given: Given) -> None:
    quotas = given.gateway.quotas
    given.gateway.users.info(given.openid)
    told = quotas.of("/cgi-bin/user/info")
    assert (told.daily, told.used, told.left) == (5_000_000, 1, 4_999_999)
    assert (quotas.of(TOKEN).per_period, quotas.of(TOKEN).period_seconds) == (10_000, 60)


@pytest.mark.parametrize("way", ["clear_all", "clear_all_by_secret", "clear"])
def test_clearing_a_quota_opens_what_was_closed_for_want_of_it(given: Given, way: str) -> None:
    path = "/cgi-bin/user/info"
    given.limit(path, 1)
    given.gateway.users.info(given.openid)
    for error in (QuotaExhausted, Closed):
        with pytest.raises(error):
            given.gateway.users.info(given.openid)
    getattr(given.gateway.quotas, way)(*([path] if way == "clear" else []))
    assert given.gateway.quotas.of(path).used == 0
    assert given.gateway.users.info(given.openid).subscribed


def test_a_rid_explains_the_call_it_was_given_for(given: Given) -> None:
    rid = rid_of(lambda: given.gateway.users.set_remark(NOBODY, "巷口修车"))
    record = given.gateway.quotas.explain(rid)
    assert "/cgi-bin/user/info/updateremark" in record.url
    assert (NOBODY in record.request, rid in record.response, record.client_ip) == (True, True, "127.0.0.1")
    assert abs(record.at - clock.now()) < timedelta(minutes=1)


def test_the_platform_tells_its_addresses_and_tries_ours(given: Given) -> None:
    quotas = given.gateway.quotas
    assert quotas.callback_addresses() == ("127.0.0.1",)
    assert quotas.interface_addresses() == ("127.0.0.1",)
    whole = quotas.check_callback()
    assert (whole.addresses, whole.pings[0][:2]) == (("127.0.0.1",), ("127.0.0.1", "0%"))
    assert quotas.check_callback("dns", "UNICOM").pings == ()
    assert quotas.check_callback("ping").addresses == ()


def test_a_forced_token_ends_every_earlier_one(given: Given) -> None:
    tokens, before = given.gateway.tokens, given.gateway.tokens.current()
    forced = tokens.force()
    assert (forced != before, tokens.current()) == (True, forced)
    given.gateway.users.info(given.openid)
    assert len(given.platform.calls("/cgi-bin/user/info")) == 1, "with the new token at once"


def test_a_refused_token_is_replaced_by_the_one_that_is_valid(given: Given) -> None:
    before = given.gateway.tokens.current()
    given.platform.invalidate_tokens(OFFICIAL.app_id)
    assert given.gateway.tokens.after_refusal(before) not in ("", before)


def test_a_file_is_sent_whole_a_second_time_when_the_token_was_refused(given: Given) -> None:
    given.gateway.ping()
    given.platform.invalidate_tokens(OFFICIAL.app_id)
    media_id = given.gateway.media.upload("image", "a.jpg", JPG)
    assert len(given.platform.calls("/cgi-bin/media/upload")) == 2
    assert given.gateway.media.download(media_id).content == JPG

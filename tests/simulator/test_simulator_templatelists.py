"""The templates of an official account and its industries: listed, added from the library, deleted."""

from typing import Any

import pytest

from simulator.state.templates import template_id
from tests.simulator.driver import MINIPROGRAM, Driver, Result

ADD = "/cgi-bin/template/api_add_template"
ACTIVITY = template_id("tm-activity-result")
MEETING = {"template_id_short": "30106", "keyword_name_list": ["会议名称", "会议日期"]}
DAY = 86_400


def listed(simulator: Driver) -> list[dict[str, Any]]:
    return list(simulator.ask("/cgi-bin/template/get_all_private_template").data["template_list"])


def add(simulator: Driver, **changes: Any) -> Result:
    return simulator.call(ADD, MEETING | changes)


def test_an_account_has_a_handful_of_templates_from_the_start(simulator: Driver) -> None:
    templates = listed(simulator)
    assert len(templates) == 5
    assert all(len(one["template_id"]) == 43 for one in templates)
    activity = next(one for one in templates if one["template_id"] == ACTIVITY)
    assert activity["title"] == "活动报名结果通知"
    assert activity["content"].startswith("活动名称:{{thing1.DATA}}\n报名结果:{{phrase2.DATA}}\n")
    assert activity["example"].startswith("活动名称:包粽子迎端午\n")
    assert (activity["primary_industry"], activity["deputy_industry"]) == ("政府与公共事业", "公共事业")


def test_an_added_template_can_be_sent(simulator: Driver) -> None:
    simulator.follow()
    identity = add(simulator).data["template_id"]
    assert len(identity) == 43
    data = {"thing1": {"value": "议事会"}, "date2": {"value": "2026年6月20日"}}
    message = {"touser": simulator.openid(), "template_id": identity, "data": data}
    assert simulator.call("/cgi-bin/message/template/send", message).errcode == 0
    assert listed(simulator)[-1]["content"] == "会议名称:{{thing1.DATA}}\n会议日期:{{date2.DATA}}\n"


def test_keywords_stand_in_the_order_given(simulator: Driver) -> None:
    add(simulator, keyword_name_list=["会议日期", "会议名称"])
    assert listed(simulator)[-1]["content"] == "会议日期:{{date2.DATA}}\n会议名称:{{thing1.DATA}}\n"


@pytest.mark.parametrize("names", [[], ["没有的"], ["会议名称", "没有的"], ["会议名称"] * 2, "会议名称", None, [1]])
def test_keywords_must_be_of_the_library(simulator: Driver, names: Any) -> None:
    assert add(simulator, keyword_name_list=names).errcode == 40246


@pytest.mark.parametrize("number", ["TM00015", "OPENTM207185188", "opentm1"])
def test_templates_of_the_old_library_cannot_be_added(simulator: Driver, number: str) -> None:
    assert add(simulator, template_id_short=number).errcode == 40247


def test_an_unknown_number_is_no_template(simulator: Driver) -> None:
    assert add(simulator, template_id_short="99999").errcode == 40037
    assert add(simulator, template_id_short="").errcode == 40037


def test_there_is_room_for_twenty_five(simulator: Driver) -> None:
    assert [add(simulator).errcode for _ in range(21)] == [0] * 20 + [45026]
    assert len(listed(simulator)) == 25


def test_a_deleted_template_cannot_be_sent_and_stays_deleted(simulator: Driver) -> None:
    simulator.follow()
    path = "/cgi-bin/template/del_private_template"
    assert simulator.call(path, {"template_id": ACTIVITY}).errcode == 0
    message = {"touser": simulator.openid(), "template_id": ACTIVITY, "data": {}}
    assert simulator.call("/cgi-bin/message/template/send", message).errcode == 40037
    assert simulator.call(path, {"template_id": ACTIVITY}).errcode == 40037
    simulator.post("/simulator/reset")
    assert ACTIVITY not in {one["template_id"] for one in listed(simulator)}


def test_a_new_start_keeps_added_templates(simulator: Driver) -> None:
    identity = add(simulator).data["template_id"]
    simulator.post("/simulator/reset")
    assert identity in {one["template_id"] for one in listed(simulator)}


def test_industries_change_once_a_month(simulator: Driver) -> None:
    path = "/cgi-bin/template/api_set_industry"
    before = simulator.ask("/cgi-bin/template/get_industry").data
    assert before["primary_industry"] == {"first_class": "政府与公共事业", "second_class": "公共事业|非盈利机构"}
    assert before["secondary_industry"] == {"first_class": "房地产", "second_class": "物业"}
    assert simulator.call(path, {"industry_id1": "1", "industry_id2": 41}).errcode == 0
    after = simulator.ask("/cgi-bin/template/get_industry").data
    assert after["primary_industry"] == {"first_class": "IT科技", "second_class": "互联网/电子商务"}
    assert after["secondary_industry"] == {"first_class": "其它", "second_class": "其它"}
    assert simulator.call(path, {"industry_id1": "2", "industry_id2": "3"}).errcode == 43100
    simulator.advance(30 * DAY)
    assert simulator.call(path, {"industry_id1": "2", "industry_id2": "3"}).errcode == 0


@pytest.mark.parametrize("number", ["0", "42", "", None, "x", 0, True, 1.5, [], "１", "9" * 5000])
def test_an_industry_must_be_one_of_the_list(simulator: Driver, number: Any) -> None:
    body = {"industry_id1": "1", "industry_id2": number}
    assert simulator.call("/cgi-bin/template/api_set_industry", body).errcode == 40102


def test_a_miniprogram_has_none_of_it(simulator: Driver) -> None:
    assert simulator.ask("/cgi-bin/template/get_industry", MINIPROGRAM).errcode == 48001

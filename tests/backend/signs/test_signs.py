"""Signs: a PDF whose codes a phone reads, with the names of the places on it, asked of the platform once."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from backend.accounts.queries import Account
from backend.errors import Forbidden, InvalidInput, NotFound
from backend.followers.rules import scene_of_place
from backend.printing.signs import A_PAGE
from backend.runtime import Runtime
from backend.signs import actions
from models.places import Place, PlaceLevel
from models.signs import PlaceSign
from models.staff import Role
from tests import staff
from tests.conftest import OFFICIAL
from tests.served import MINIPROGRAM, House, house_settings, opened, platform_of_both, prepare
from tests.simulated import Platform


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform_of_both(tmp_path_factory.mktemp("simulator")) as running:
        yield running


@pytest.fixture
def house(platform: Platform, tmp_path: Path) -> Iterator[House]:
    platform.start_again()
    with opened(prepare(house_settings(tmp_path, platform))) as running:
        yield running


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def account(runtime: Runtime) -> Account:
    return runtime.account(OFFICIAL.app_id)


def _printed(runtime: Runtime, account: Account, code: str, below: bool, *held: tuple[Role, str]) -> bytes:
    actor = staff.actor(runtime, *(held or ((Role.CLERK, "9901"),)))
    return actions.printed(runtime.audit, actor, runtime.gateway(account.app_id), account, code, below)


def _pages(pdf: bytes) -> list[tuple[str, list[str]]]:
    """Of each page the text, and what a phone reads on it at 150 dots an inch."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as paper:
        found = []
        for page in paper:
            read = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
            found.append((page.get_textpage().get_text_range(), [code.text for code in read]))
        return found


def _drawings(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as paper:
        return sum(len(list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) for page in paper)


def test_a_clerk_prints_from_the_page_of_a_place(house: House, runtime: Runtime, platform: Platform) -> None:
    browser = staff.at_work(house.app, runtime, (Role.CLERK, "9901"), login="li.hua")
    path = "/console/places/990101/signs"
    assert f'action="{path}"' in browser.get("/console/places/990101").text
    answer = browser.post(path, {"account": OFFICIAL.app_id})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="signs-990101.pdf"'
    [(text, codes)] = _pages(answer.get_data())
    assert ("春晓社区" in text, len(codes)) == (True, 1)
    assert browser.get(f"{path}?account={OFFICIAL.app_id}").status_code == 404, "nothing is made by looking"
    assert browser.post(path, {"account": "none"}).status_code == 404
    assert browser.post("/console/places/880101/signs", {"account": OFFICIAL.app_id}).status_code in (403, 404)


def test_a_sheet_of_a_street_reads_on_every_sign(runtime: Runtime, account: Account) -> None:
    pages = _pages(_printed(runtime, account, "9901", True))
    assert [len(codes) for _, codes in pages] == [A_PAGE] * 4 + [4], "28 communities"
    codes = [code for _, found in pages for code in found]
    assert len(set(codes)) == 28
    assert set(codes) == {row.url for row in PlaceSign.select()}
    assert "春晓社区" in pages[0][0]
    assert "慢城街道" in pages[0][0]


def test_the_platform_is_asked_once_for_each_code(platform: Platform, runtime: Runtime, account: Account) -> None:
    _printed(runtime, account, "990101", False)
    _printed(runtime, account, "990101", False)
    assert len(platform.calls("/cgi-bin/qrcode/create")) == 1


def test_a_sign_of_the_mini_program_has_its_own_code(runtime: Runtime) -> None:
    pdf = _printed(runtime, runtime.account(MINIPROGRAM.app_id), "990101", False)
    [(text, _)] = _pages(pdf)
    assert "登记" in text
    assert _drawings(pdf) == 1, "the round code the platform drew"
    assert len(scene_of_place("990101")) <= 32
    assert PlaceSign.select().count() == 0


def test_signs_are_printed_inside_ones_scope(runtime: Runtime, account: Account) -> None:
    with pytest.raises(Forbidden):
        _printed(runtime, account, "990102", False, (Role.CLERK, "990101"))
    with pytest.raises((NotFound, Forbidden)):
        _printed(runtime, account, "nowhere", False)
    leaf = next(each.code for each in Place.select().where(Place.level == PlaceLevel.LANE))
    with pytest.raises(InvalidInput, match="没有别的地方"):
        _printed(runtime, account, leaf, True)

"""A clerk brings a sheet through the pages: bad ones get a sentence and leave nothing, good ones are seen first."""

import io
import re
import zipfile

import openpyxl
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from backend.runtime import Runtime
from backend.sheets.limits import MAX_BYTES, MEGABYTE
from backend.staff import queries as accounts
from models.files import StoredFile
from models.imports import ImportKind, ImportState, SheetImport
from models.invitations import Invitation
from models.staff import Role, Staff
from tests import imports, people, staff
from tests.backend.sheets.made import book, in_sheet, with_entry
from tests.served import House
from tests.staff import Browser

NEW = "/console/imports/new"
HEADER = "手机号,姓名,社区\n"
ONE, TWO = "13800138000", "13900139000"


@pytest.fixture
def runtime(house: House) -> Runtime:
    return house.runtime


@pytest.fixture
def clerk(house: House, runtime: Runtime) -> Browser:
    return staff.at_work(house.app, runtime, (Role.CLERK, "9901"))


def _upload(browser: Browser, data: bytes, name: str = "名单.csv", kind: str = "invitations") -> TestResponse:
    """Encoded here: the test client would leave a file of its own open."""
    browser.get(NEW)
    parts = {"csrf": browser.csrf, "kind": kind, "file": FileStorage(io.BytesIO(data), name, "file")}
    boundary, body = encode_multipart(parts)
    return browser.client.post(NEW, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def _brought(runtime: Runtime, browser: Browser, data: bytes, name: str = "名单.csv", kind: str = "invitations") -> str:
    """Uploaded and checked; the path of its page."""
    answer = _upload(browser, data, name, kind)
    assert answer.status_code == 303, _main(answer.text)
    imports.work_off(runtime)
    return str(answer.headers["Location"])


def _main(page: str) -> str:
    return page.partition("<main")[2].partition("</form>")[0]


BAD = {
    "nothing chosen": (b"", "", 422, "请选一个文件"),
    "empty": (b"", "名单.csv", 422, "这张表是空的"),
    "wrong type": (b"%PDF-1.7", "名单.pdf", 422, "不收「.pdf」文件"),
    "a lie": (b"code,name\n", "名单.xlsx", 422, "里面却是别的东西"),
    "a little too large": (b"," * (MAX_BYTES + 1), "名单.csv", 422, "最多 20 MB"),
    "much too large": (b"," * (MAX_BYTES + 2 * MEGABYTE), "名单.csv", 413, "太大"),
    "header only": (HEADER.encode(), "名单.csv", 422, "只有表头"),
    "too many rows": (HEADER.encode() + f"{ONE},,990101\n".encode() * 100_001, "名单.csv", 422, "最多导入 100000 行"),
    "never collected": (f"手机号,社区,民族\n{ONE},990101,汉\n".encode(), "名单.csv", 422, "本系统不收集这类信息"),
    "never collected, in pinyin": (f"手机号,社区,Min Zu\n{ONE},990101,汉\n".encode(), "名单.csv", 422, "不收集"),
    "bomb": (with_entry(book(["手机号", "社区"]), "xl/z.xml", bytes(40 * MEGABYTE)), "名单.xlsx", 422, "解压以后太大"),
    "far corner": (
        in_sheet(book(["手机号", "社区"], [ONE, "990101"]), b'r="B2"', b'r="XFD1048576"'), "名单.xlsx", 422, "空白的行"
    ),
    "several sheets": (book(["手机号", "社区"], 二=[["民族"]]), "名单.xlsx", 422, "几张工作表"),
    "old": (b"\xd0\xcf\x11\xe0" + bytes(600), "名单.xls", 422, "旧版"),
    "strange column": (f"手机号,社区,备注\n{ONE},990101,x\n".encode(), "名单.csv", 422, "不认识列「备注」"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name", "status", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_gets_a_status_and_a_sentence_and_leaves_nothing(
    house: House, clerk: Browser, data: bytes, name: str, status: int, words: str
) -> None:
    before = people.row_counts()
    answer = _upload(clerk, data, name)
    assert (answer.status_code, words in answer.text) == (status, True), _main(answer.text)
    assert people.row_counts() == before
    folder = house.runtime.settings.data_dir / "files"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_no_file_is_kept_from_one_who_is_not_signed_in(house: House) -> None:
    stranger = staff.visitor(house.app)
    answer = stranger.post(NEW, {"kind": "invitations", "file": (io.BytesIO(b"x"), "a.csv")})
    assert answer.status_code == 303
    assert SheetImport.select().count() == 0


def test_lines_with_errors_come_first_and_can_be_looked_at_alone(runtime: Runtime, clerk: Browser) -> None:
    lines = (f"{ONE},陈秀兰,990101", "12345,王芳,990101", f"{TWO},=1+1,999999", f"{TWO},,990101", f"{TWO},,990101")
    path = _brought(runtime, clerk, (HEADER + "\n".join(lines)).encode("gb18030"))
    page = clerk.get(path).text
    assert page.index("这不是手机号") < page.index("邀请；本人登记后才是成员")
    assert [words in page for words in ("等您确认", "和第 5 行重复", "「999999」不在您的范围里", "138******00")] == [
        True
    ] * 4
    assert [words in page for words in ("陈秀兰", ONE, TWO)] == [False] * 3
    refused = clerk.get(f"{path}?outcome=refused").text
    assert ("这不是手机号" in refused, "本人登记后才是成员。" in refused) == (True, False)
    assert "确认写入" in page
    assert "表里的「姓名」只用来给您自己对照，没有保存。" in page


def test_it_is_confirmed_written_taken_home_and_undone(runtime: Runtime, clerk: Browser) -> None:
    path = _brought(runtime, clerk, f"{HEADER}{ONE},,990101\n1,,990101\n".encode())
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', clerk.get(path).text)
    assert fingerprint is not None
    page = clerk.follow(f"{path}/confirm", {"fingerprint": fingerprint[1]}).text
    assert "正在写入" in page
    imports.work_off(runtime)
    done = clerk.get(path).text
    assert ("已完成" in done, Invitation.select().count()) == (True, 1)
    result = clerk.get(f"{path}/result")
    assert result.headers["Content-Disposition"].startswith("attachment")
    assert result.data.decode("utf-8-sig").splitlines()[1:] == [
        f"2,{ONE},990101,新增,邀请；本人登记后才是成员。",
        "3,1,990101,不导入,这不是手机号，请检查；也许这一列被改成了数字，少了几位。",
    ]
    undone = clerk.follow(f"{path}/undo").text
    assert ("已经撤销" in undone, Invitation.select().count()) == (True, 0)


def test_what_waits_is_on_the_work_list_and_progress_is_told(runtime: Runtime, clerk: Browser) -> None:
    answer = _upload(clerk, f"{HEADER}{ONE},,990101\n".encode())
    path = str(answer.headers["Location"])
    assert clerk.get(f"{path}/state").get_json(force=True)["finished"] is False
    assert "正在检查" in clerk.get(path).text
    imports.work_off(runtime)
    told = clerk.get(f"{path}/state").get_json(force=True)
    assert (told["finished"], told["done"], told["total"]) == (True, 1, 1)
    assert "等您确认" in clerk.get("/console/").text
    assert "名单.csv" in clerk.get("/console/imports").text


def test_a_withdrawn_one_is_gone(runtime: Runtime, clerk: Browser) -> None:
    path = _brought(runtime, clerk, f"{HEADER}{ONE},,990101\n".encode())
    assert "已经撤回" in clerk.follow(f"{path}/withdraw").text
    assert (SheetImport.get().state, StoredFile.select().count()) == (ImportState.WITHDRAWN, 0)
    assert clerk.get(path).status_code == 200


def test_another_clerk_sees_nothing_of_it_by_number(house: House, runtime: Runtime, clerk: Browser) -> None:
    path = _brought(runtime, clerk, f"{HEADER}{ONE},,990101\n".encode())
    other = staff.at_work(house.app, runtime, (Role.CLERK, ""), login="li.wei")
    for page in ("", "/state", "/result"):
        assert other.get(path + page).status_code == 404
    for act in ("/confirm", "/withdraw", "/undo"):
        assert other.post(path + act).status_code == 404
    assert other.get("/console/imports/99999999999999999999").status_code == 404
    assert other.get(f"{path}?cursor=99999999999").status_code == 404
    assert clerk.get(f"{path}?cursor=99999999999&outcome=same").status_code == 200


def test_an_administrator_is_offered_only_what_she_may_bring(house: House, runtime: Runtime) -> None:
    administrator = staff.at_work(house.app, runtime, (Role.ADMINISTRATOR, ""), login="gao.li")
    page = administrator.get(NEW).text
    offered = re.findall(r'name="kind" value="(\w+)"', page)
    assert offered == ["invitations", "places", "contacts", "activities"]
    assert _upload(administrator, f"手机,编码\n{ONE},9901010101\n".encode(), kind="heads").status_code == 403
    assert administrator.get("/console/imports/templates/heads").status_code == 404


@pytest.mark.parametrize("kind", ["invitations", "heads", "places", "contacts", "activities"])
def test_an_empty_sheet_with_the_right_header_can_be_had(clerk: Browser, kind: str) -> None:
    answer = clerk.get(f"/console/imports/templates/{kind}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]]
    assert "只有表头" in _upload(clerk, answer.data, "模板.xlsx", kind).text


def test_invitations_are_listed_masked_and_taken_back(runtime: Runtime, clerk: Browser) -> None:
    actor = accounts.actor(Staff.get(Staff.login == "zhang.min"))
    imports.done(runtime, actor, ImportKind.INVITATIONS, f"{HEADER}{ONE},,990101\n")
    page = clerk.get("/console/invitations").text
    assert ("138******00" in page, ONE in page) == (True, False)
    number = Invitation.get().id
    assert "已经收回" in clerk.follow(f"/console/invitations/{number}/withdraw").text
    assert clerk.post(f"/console/invitations/{number}/withdraw").status_code == 404


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_hostile_cells_headers_and_file_names_are_only_words(runtime: Runtime, clerk: Browser, text: str) -> None:
    cell = text.replace('"', '""')
    sheet = f'{HEADER}{ONE},,"{cell}"\n'
    refused = _upload(clerk, f'手机号,社区,"{cell}"\n{ONE},990101,x\n'.encode()).text
    path = _brought(runtime, clerk, sheet.encode(), f"{text.replace(chr(34), '%22')}.csv")
    for page in (refused, clerk.get(path).text, clerk.get("/console/imports").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r"导入.{0,40}", page)


def test_the_name_of_a_file_leads_nowhere(house: House, runtime: Runtime, clerk: Browser) -> None:
    _brought(runtime, clerk, f"{HEADER}{ONE},,990101\n".encode(), "../../../../tmp/evil.csv")
    folder = house.runtime.settings.data_dir / "files"
    assert all(re.fullmatch("[0-9a-f]{32}", path.name) for path in folder.iterdir())
    assert "evil.csv" in clerk.get("/console/imports").text


def test_a_broken_package_is_no_error_of_ours(clerk: Browser) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
    answer = _upload(clerk, written.getvalue(), "名单.xlsx")
    assert answer.status_code == 422

"""Every endpoint answers as the document says, whatever is asked: questions made from the document, good and bad.

New endpoints are covered without a line here. What needs somebody signed in is asked with the token of `token`.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
import schemathesis
from flask_openapi3 import APIBlueprint
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import allow_header_conformance, ignored_auth, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

import miniprogram_api
from tests import people
from tests.conftest import OFFICIAL, make_settings
from tests.served import House, opened, prepare
from tests.small_api import Small, blueprint, small_app

EXAMPLES = 15
"""For each operation."""

_CAREFUL = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


_NOT_MEANT: list[Any] = [
    positive_data_acceptance,  # what fits may still be refused: a code is taken, a key was used before
    allow_header_conformance,  # Flask lists what it answers here by whichever rule: /a/me is /a/<id> too
]


_numbers = itertools.count(1)


@pytest.fixture(params=["stranger", "visitor", "member"])
def token(request: pytest.FixtureRequest, house: House) -> str:
    """Of a new person for each test; "" asks as a stranger."""
    if request.param == "stranger":
        return ""
    number, account = next(_numbers), house.runtime.account(OFFICIAL.app_id)
    who = people.identity(account, f"oPerson{number}")
    if request.param == "member":
        people.member(house.runtime, account, f"oPerson{number}", people.number(number))
    return people.signed_in(who)


class _Crowd:
    """Each request from another address: what is looked for here is not the limit, which is the real one."""

    def __init__(self) -> None:
        self.app: Any = None
        self._number = itertools.count(1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = next(self._number)
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer


def _described(crowd: _Crowd, endpoints: Sequence[APIBlueprint]) -> OpenApiSchema:
    """Without a house: what there is to ask must be known before the first test."""
    app = miniprogram_api.application("同心")
    miniprogram_api.register(app, endpoints)
    schema = schemathesis.openapi.from_dict(app.api_doc)
    schema.app, schema.location = crowd, "/api/v1/openapi.json"
    return schema


real, small = _Crowd(), _Crowd()
schema = _described(real, miniprogram_api.ENDPOINTS)
small_schema = _described(small, (blueprint(Small()),)).exclude(path_regex="/with/(limit|fault)")


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(prepare(make_settings(tmp_path_factory.mktemp("schemathesis")))) as opened_house:
        real.app, small.app = opened_house.app, small_app(opened_house.runtime, Small())
        yield opened_house


@schema.parametrize()
@_CAREFUL
def test_each_operation_answers_as_the_document_says(case: schemathesis.Case[Any], token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    case.call_and_validate(headers=headers, excluded_checks=_NOT_MEANT if token else [*_NOT_MEANT, ignored_auth])


@small_schema.parametrize()
@_CAREFUL
def test_the_manners_of_writes_hold_for_any_endpoint(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(excluded_checks=_NOT_MEANT)

"""How the platform judges texts and pictures: by harmless marker words, so that tests can provoke each judgement.

A text with a marker of RISKY is risky, else one with a marker of REVIEW wants a human, else it passes.
"""

from dataclasses import dataclass

from simulator.shapes import JsonObject

RISKY = {
    "违规广告样例": 10001,
    "违规色情样例": 20002,
    "违规辱骂样例": 20003,
    "违规犯罪样例": 20006,
    "违规欺诈样例": 20008,
    "违规低俗样例": 20012,
}
REVIEW = {"待审样例": 21000, "疑似广告样例": 10001}
NORMAL, OTHER = 100, 21000


@dataclass(frozen=True, slots=True)
class Judgement:
    suggest: str
    label: int
    keyword: str = ""

    def result(self) -> JsonObject:
        return {"suggest": self.suggest, "label": self.label}

    def detail(self) -> list[JsonObject]:
        """What each of the platform's strategies says."""
        model = {"strategy": "content_model", "errcode": 0, **self.result(), "prob": 90}
        if not self.keyword:
            return [model]
        return [model, {"strategy": "keyword", "errcode": 0, **self.result(), "keyword": self.keyword, "level": 90}]


def judge(text: str) -> Judgement:
    for suggest, markers in (("risky", RISKY), ("review", REVIEW)):
        for marker, label in markers.items():
            if marker in text:
                return Judgement(suggest, label, marker)
    return Judgement("pass", NORMAL)


def judged_as(suggest: str) -> Judgement:
    """For what cannot be read here: pictures and recordings, by the setting."""
    return Judgement(suggest, NORMAL if suggest == "pass" else OTHER)

"""A name is kept as it is searched for, and what is typed is brought to the same spelling."""

from hypothesis import given
from hypothesis import strategies as st

from backend import spelling
from backend.places import names
from backend.places.names import Spelled, Wanted

spelling.syllables("春")  # the first one waits for the dictionary, longer than hypothesis would


def test_sounds_and_initials_start_anew_at_each_syllable() -> None:
    assert names.spelled("春曉12棟") == Spelled(
        "春晓12栋", " chunxiao12dong xiao12dong 12dong dong ", " cx12d x12d 12d d "
    )


def test_what_cannot_be_a_sound_is_only_looked_for_in_names() -> None:
    assert names.wanted(" Xi'An ") == Wanted("xi'an", "xian")
    assert names.wanted("lǜ dì") == Wanted("lǜdì", "")
    assert names.wanted("LÜ di") == Wanted("lüdi", "lvdi")
    assert names.wanted("春晓1") == Wanted("春晓1", "")
    assert names.wanted("%") == Wanted("%", "")


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=64))
def test_the_sounds_of_any_name_start_anew_at_each_syllable(name: str) -> None:
    sounds = spelling.syllables(name)
    kept = names.spelled(name).sounds
    assert len(kept) <= 10_000
    for start in range(min(len(sounds), 5)):
        assert f" {''.join(sounds[start:])} " in kept or len(kept) == 10_000

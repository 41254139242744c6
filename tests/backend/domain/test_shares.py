"""The recovery key's shares: any two give it back, one alone says nothing."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.shares import SharesWrong, join, split

SECRETS = st.binary(min_size=1, max_size=40)


@given(SECRETS, st.data())
def test_any_two_of_three_shares_give_the_secret_back(secret: bytes, data: st.DataObject) -> None:
    shares = split(secret, lambda size: data.draw(st.binary(min_size=size, max_size=size)))
    assert len(shares) == 3
    for one, other in permutations(shares, 2):
        assert join(one, other) == secret


def test_a_single_share_fits_every_secret() -> None:
    # With a slope for each value of the secret's byte, one share takes every value just once.
    for place in range(3):
        seen = {split(b"\x2a", lambda _size, s=slope: bytes([s]))[place] for slope in range(256)}  # type: ignore[misc]
        assert len(seen) == 256


def test_shares_that_do_not_belong_together_are_refused() -> None:
    one, other, _third = split(b"secret", lambda size: bytes(range(size)))
    for wrong in [(one, one), (one, other[:-1]), (b"", b""), (b"\x00" + one[1:], other)]:
        with pytest.raises(SharesWrong):
            join(*wrong)


def test_shares_of_different_secrets_do_not_give_either() -> None:
    ours = split(b"ours!!", lambda size: bytes(range(1, size + 1)))
    theirs = split(b"theirs", lambda size: bytes(range(9, size + 9)))
    for one, other in combinations([ours[0], theirs[1]], 2):
        assert join(one, other) not in (b"ours!!", b"theirs")

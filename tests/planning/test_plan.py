"""Which optimiser paints which scale, given the memory there is."""

import pytest

from tf_nst.optim.optimizers import OPTIMIZERS, Optimizer, Settings
from tf_nst.planning import plan
from tf_nst.planning.memory import picture_bytes
from tf_nst.planning.plan import FALLBACK, fallback, kept_bytes, plan_cores, plan_optimizers
from tf_nst.planning.schedule import Scale

SCALES = (Scale(64, 48, 5), Scale(128, 96, 5), Scale(256, 192, 5))
SETTINGS = Settings(1.0, 10)


@pytest.fixture
def made(monkeypatch) -> list[tuple[str, Settings]]:
    """(row, settings) of every optimiser that is made, in order."""
    asked = []

    def spying(name, row):
        def make(settings):
            asked.append((name, settings))
            return row.make(settings)

        return row._replace(make=make)

    monkeypatch.setattr(
        plan, "OPTIMIZERS", {name: spying(name, row) for name, row in OPTIMIZERS.items()}
    )
    return asked


def room_for(pairs: int, scale: Scale = SCALES[-1]):
    """As many bytes at each scale as L-BFGS keeps with so many pairs at this one."""
    return lambda _: 2 * (3 + 2 * pairs) * picture_bytes(*scale[:2])


def planned(name, settings, room) -> tuple[tuple[Optimizer, ...], list[str]]:
    """The optimisers, and what was reported."""
    told = []
    whole = (0,) * len(SCALES)
    optimizers = plan_optimizers(
        name, settings, SCALES, whole, lambda scale, core: room(scale), told.append
    )
    return optimizers, told


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_where_there_is_room_all_scales_have_the_same_optimiser(made, name):
    optimizers, told = planned(name, SETTINGS, lambda _: float("inf"))
    assert len(optimizers) == 3 and len(set(map(id, optimizers))) == 1
    assert made == [(name, SETTINGS)]
    assert told == []


def test_just_enough_room_is_enough(made):
    _, told = planned("lbfgs", SETTINGS, room_for(10))
    assert told == [] and made == [("lbfgs", SETTINGS)]


def test_where_memory_is_short_fewer_pairs_are_kept(made):
    """At half the side the room is that for four times as many pictures: 5, 20 and 80."""
    optimizers, told = planned("lbfgs", SETTINGS, room_for(1))
    assert told == [
        "memory is short: lbfgs keeps 8 of 10 pairs at 96×128",
        "memory is short: lbfgs keeps 1 of 10 pairs at 192×256",
    ]
    assert sorted(settings.pairs for _, settings in made) == [1, 8, 10]
    assert len(set(map(id, optimizers))) == 3


def test_one_byte_less_is_one_pair_less(made):
    room = room_for(10)
    _, told = planned("lbfgs", SETTINGS, lambda scale: room(scale) - 1)
    assert told == ["memory is short: lbfgs keeps 9 of 10 pairs at 192×256"]


def test_where_not_even_a_pair_fits_the_fallback_takes_over_with_its_own_rate(made):
    room = room_for(1)
    optimizers, told = planned("lbfgs", SETTINGS, lambda scale: room(scale) - 1)
    assert told[-1] == f"memory is short: lbfgs gives way to {FALLBACK} at 192×256"
    row = OPTIMIZERS[FALLBACK]
    assert (FALLBACK, Settings(row.learning_rate)) in made
    assert optimizers[2] is not optimizers[0]


def test_scales_with_as_many_pairs_share_an_optimiser():
    """So that its state is carried on."""
    optimizers, told = planned("lbfgs", SETTINGS, lambda _: 0.0)
    assert len(set(map(id, optimizers))) == 1
    assert told == [
        f"memory is short: lbfgs gives way to {FALLBACK} at {size}"
        for size in ("48×64", "96×128", "192×256")
    ]


def test_room_is_asked_for_at_each_scale():
    asked = []

    def room(scale):
        asked.append(scale)
        return float("inf")

    planned("lbfgs", SETTINGS, room)
    assert asked == list(SCALES)


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_what_keeps_no_more_than_the_fallback_never_gives_way(made, name):
    _, told = planned(name, SETTINGS, lambda _: -1.0)
    assert told == [] and made == [(name, SETTINGS)]


def test_the_fallback_is_made_with_its_own_rate(made):
    assert isinstance(fallback(), Optimizer)
    assert made == [(FALLBACK, Settings(OPTIMIZERS[FALLBACK].learning_rate))]


@pytest.mark.parametrize(
    ("name", "core", "pictures"),
    [("adam", 0, 4), ("adam", 64, 2), ("lbfgs", 0, 2 * 23), ("lbfgs", 64, 3 * 23), ("sgd", 64, 0)],
)
def test_an_optimiser_keeps_its_pictures_before_and_after_a_call_or_in_place(name, core, pictures):
    """Adam's moments are moved in place where there are windows; L-BFGS has 3 + 2 x 10, and by
    windows the move's own besides."""
    assert kept_bytes(name, 10, Scale(8, 6, 1), core) == pictures * 8 * 6 * 3 * 4


def test_by_windows_fewer_pairs_fit():
    """Room for 10 pairs at once, 23 pictures twice, is room for 15 by windows: 6 pairs."""
    told = []
    room = 2 * 23 * picture_bytes(*SCALES[-1][:2])
    plan_optimizers("lbfgs", SETTINGS, SCALES[-1:], (64,), lambda *_: room, told.append)
    assert told == ["memory is short: lbfgs keeps 6 of 10 pairs at 192×256"]


# --- windows ---------------------------------------------------------------------------------


SMALL_AND_LARGE = (Scale(64, 48, 5), Scale(1500, 1100, 5))


def cores(tile, room, name="adam", scales=SMALL_AND_LARGE):
    return plan_cores(tile, name, 10, scales, room)


def test_asked_for_windows_are_taken_where_the_picture_is_larger():
    assert cores(256, None) == (0, 256)
    assert cores(0, None) == (0, 0)
    assert cores(64, None) == (0, 64)
    assert cores(4096, None) == (0, 0)


def test_where_the_whole_picture_fits_there_are_no_windows():
    assert cores(None, lambda scale, core: float("inf")) == (0, 0)


def test_the_largest_windows_that_fit_are_taken():
    """Larger cores than the picture are none; the last is taken where none fits."""
    asked = []

    def room(scale, core):
        asked.append(core)
        return 1e12 if 0 < core <= 512 else -1.0

    assert cores(None, room, scales=SMALL_AND_LARGE[1:]) == (512,)
    assert asked == [0, 1024, 512]
    assert cores(None, lambda scale, core: -1.0) == (0, 128)


def test_half_of_the_pairs_are_worth_more_than_the_whole_picture_at_once():
    scale = Scale(1500, 1100, 5)
    single = 2 * picture_bytes(1500, 1100)
    for pairs, core in ((5, 0), (4, 1024)):
        left = (3 + 2 * pairs) * single
        found = cores(None, lambda _, core, left=left: 1e12 if core else left, "lbfgs", (scale,))
        assert found == (core,)


def test_where_no_windows_leave_room_for_pairs_they_are_the_largest_that_do_for_the_fallback():
    scale = Scale(1500, 1100, 5)
    single = picture_bytes(1500, 1100)
    rooms = {0: single, 1024: single, 512: 2 * single, 256: 3 * single, 128: 4 * single}
    assert cores(None, lambda _, core: rooms[core], "lbfgs", (scale,)) == (512,)

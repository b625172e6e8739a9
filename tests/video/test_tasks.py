"""The order in which frames are painted, and what each is held to."""

import json

import pytest

from tf_nst.errors import UserError
from tf_nst.video.settings import FilmConfig
from tf_nst.video.tasks import FilmSchedule, Shot, Source, preview_tasks, task_of, tasks_of


def tasks(*shot, **options):
    """The tasks of a shot."""
    return list(tasks_of(Shot(*shot), 0, FilmConfig(**options)))


def frames(tasks):
    """Which frames are painted, in their order."""
    return [task.frame for task in tasks if not task.between]


def sources(task):
    """(lag, frame) of what a task is held to."""
    return [(source.lag, source.frame) for source in task.sources]


def test_a_shot_is_painted_from_its_first_frame_on():
    assert frames(tasks(3, 7)) == [3, 4, 5, 6]


def test_each_frame_is_held_to_those_one_two_and_four_before_it_in_its_shot():
    shot = tasks(10, 16)
    assert sources(shot[0]) == []
    assert sources(shot[1]) == [(1, 10)]
    assert sources(shot[3]) == [(1, 12), (2, 11)]
    assert sources(shot[5]) == [(1, 14), (2, 13), (4, 11)]


def test_sweeps_go_forward_and_backward():
    shot = tasks(0, 3, passes=3)
    assert frames(shot) == [0, 1, 2, 2, 1, 0, 0, 1, 2]
    assert [task.sweep for task in shot] == [1] * 3 + [2] * 3 + [3] * 3
    assert shot[4].sources == (Source(1, 2, 2),)


def test_every_finds_its_sources_painted_before_it():
    shot = tasks(0, 9, passes=3, every=2, loop=True)
    painted = set()
    for task in shot:
        assert all((source.sweep, source.frame) in painted for source in task.sources)
        painted.add((task.sweep, task.frame))


def test_of_every_third_frame_the_last_is_painted_too_and_others_are_made_of_both_neighbours():
    shot = tasks(0, 6, every=3)
    assert frames(shot) == [0, 3, 5]
    made = {task.frame: sources(task) for task in shot if task.between}
    assert made == {1: [(1, 0), (1, 3)], 2: [(1, 0), (1, 3)], 4: [(1, 3), (1, 5)]}


def test_a_loop_has_a_second_sweep_whose_start_is_tied_to_that_of_the_first():
    shot = tasks(0, 6, loop=True)
    assert len(shot) == 12 and FilmConfig(loop=True).sweeps == 2
    # Backward: before frame 5 comes frame 0 of the sweep before, before that frame 1.
    assert shot[6].frame == 5
    assert shot[6].sources == (Source(1, 1, 0), Source(2, 1, 1), Source(4, 1, 3))
    assert shot[7].sources == (Source(1, 2, 5), Source(2, 1, 0), Source(4, 1, 2))


def test_the_end_of_a_loop_leads_over_to_the_start_of_its_last_sweep():
    shot = tasks(0, 30, loop=True, passes=3)
    last, others = shot[60:], shot[:60]
    ahead = [[it for it in sources(task) if it[0] < 0] for task in last]
    assert ahead[:22] == [[]] * 22
    assert ahead[22:] == [[(-distance, 0)] for distance in range(8, 0, -1)]
    assert all(lag > 0 for task in others for lag, _ in sources(task))


def test_no_more_than_half_of_a_short_loop_leads_over():
    last = tasks(0, 4, loop=True)[4:]
    assert [task.sources[-1] for task in last[2:]] == [Source(-2, 2, 3), Source(-1, 2, 3)]
    assert all(lag > 0 for task in last[:2] for lag, _ in sources(task))


def test_a_loop_of_one_frame_is_held_to_nothing():
    assert all(not task.sources for task in tasks(0, 1, loop=True))


def test_a_task_is_plain_data():
    task = tasks(0, 5)[4]
    assert task_of(json.loads(json.dumps(task))) == task
    assert task.output == "000004.png"
    assert [it.output for it in preview_tasks(21)] == [
        "preview/000000.png",
        "preview/000010.png",
        "preview/000020.png",
    ]


def test_each_shot_is_handed_to_one_who_asks_at_a_time():
    both = [*tasks_of(Shot(0, 2), 0, FilmConfig()), *tasks_of(Shot(2, 4), 1, FilmConfig())]
    schedule = FilmSchedule(both)
    one, two, three = (schedule.enter() for _ in range(3))
    assert schedule.next(one).frame == 0 and schedule.next(two).frame == 2
    assert schedule.next(three) is None
    assert schedule.next(two).frame == 3 and schedule.next(two) is None
    assert schedule.next(one).frame == 1 and schedule.next(one) is None


def test_a_preview_comes_first():
    schedule = FilmSchedule([*tasks_of(Shot(0, 2), 0, FilmConfig()), *preview_tasks(2)])
    number = schedule.enter()
    assert [schedule.next(number).sweep for _ in range(3)] == [0, 1, 1]


def test_who_is_done_with_a_shot_takes_the_next():
    tasks = [*tasks_of(Shot(0, 1), 0, FilmConfig()), *tasks_of(Shot(1, 2), 1, FilmConfig())]
    schedule = FilmSchedule(tasks)
    number = schedule.enter()
    assert [schedule.next(number).frame for _ in range(2)] == [0, 1]
    assert schedule.next(number) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frame_steps": 0}, "--frame_steps: expected a whole number from 1"),
        ({"temporal_weight": -1.0}, "--temporal_weight: expected a finite number of 0 or more"),
        ({"passes": 0}, "--passes: expected a whole number from 1 to 20, received 0"),
        ({"every": 0}, "--every: expected a whole number from 1 to 100, received 0"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(UserError, match=message):
        FilmConfig(**options)

"""Memory: the estimate of what a run needs, and what the system says there is."""

from pathlib import Path

import pytest

from tf_nst.model.geometry import geometry
from tf_nst.model.networks import NETWORKS
from tf_nst.planning.memory import Sizes, available_bytes, estimate_bytes, picture_bytes
from tf_nst.planning.tiles import plan_tiles

LAYERS = NETWORKS["vgg19"].up_to(("block5_conv1",))
SMALL, LARGE = (256, 256), (512, 512)


def estimate(picture, style, dtype, kept=0) -> int:
    return estimate_bytes(LAYERS, Sizes(picture, picture, (style,)), dtype, kept)


def test_a_larger_picture_needs_more():
    assert estimate(SMALL, SMALL, "bfloat16") < estimate(LARGE, SMALL, "bfloat16")


def test_a_style_counts_where_it_is_much_larger_than_the_picture():
    alike = estimate(SMALL, SMALL, "float32")
    assert estimate(SMALL, (64, 64), "float32") == alike
    assert estimate(SMALL, (2048, 2048), "float32") > 2 * alike


def test_float32_needs_more_than_bfloat16():
    assert estimate(LARGE, LARGE, "bfloat16") < estimate(LARGE, LARGE, "float32")


def test_what_the_optimiser_keeps_counts():
    assert estimate(LARGE, SMALL, "bfloat16", 7) - estimate(LARGE, SMALL, "bfloat16") == 7


def test_measuring_a_large_style_needs_no_optimiser():
    style = (4096, 4096)
    assert estimate(SMALL, style, "float32") == estimate(SMALL, style, "float32", 10**6)


def test_a_picture_is_three_float32_numbers_a_pixel():
    assert picture_bytes(5, 7) == 5 * 7 * 3 * 4


# --- windows ---------------------------------------------------------------------------------

VGG = geometry(NETWORKS["vgg19"], ("block5_conv1",))


def by_windows(side: int, core: int, references=()) -> int:
    windows = plan_tiles(side, side, core, VGG)
    size = windows[0].rows.length, windows[0].columns.length
    sizes = Sizes((side, side), size, (size,), len(windows))
    return estimate_bytes(LAYERS, sizes, "bfloat16", references=references)


def test_windows_grow_by_what_is_as_large_as_the_picture_alone():
    """Windows of 512 read 632 or 652 pixels; eight float32 pictures live at once."""
    pixels = 4096**2 - 2048**2
    growth = by_windows(4096, 512) - by_windows(2048, 512)
    window = by_windows(2048, 512) - by_windows(2048, 256)
    assert pixels * 8 * 12 <= growth <= pixels * 8 * 12 + 0.2 * window


def test_smaller_windows_need_less():
    whole = estimate((2048, 2048), (2048, 2048), "bfloat16")
    assert by_windows(2048, 256) < by_windows(2048, 1024) < whole


def test_the_features_of_the_content_are_kept_of_every_window():
    """512 channels of bfloat16 at an eighth of each side."""
    kept = by_windows(4096, 1024, ("block4_conv2",)) - by_windows(4096, 1024)
    assert kept == (4096 // 8) ** 2 * 512 * 2


# --- what there is ---------------------------------------------------------------------------

MEMINFO = (
    "MemTotal:       16000000 kB\nMemFree:  100 kB\nMemAvailable:    4000000 kB\nBuffers: 7 kB\n"
)
FREE = 4_000_000 * 1024
VERSION_2 = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current")
VERSION_1 = (
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes",
)
GB = 1_000_000_000


@pytest.fixture
def files(monkeypatch) -> dict[str, str]:
    """All text files that there are, by path; each may be changed."""
    there = {"/proc/meminfo": MEMINFO}

    def read_text(path, encoding):
        if str(path) not in there:
            raise FileNotFoundError(path)
        return there[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)
    return there


def test_a_fifth_of_what_is_free_is_kept_back(files):
    assert available_bytes() == int(0.8 * FREE)


@pytest.mark.parametrize("names", [VERSION_2, VERSION_1])
def test_the_limit_of_a_container_counts_less_what_it_uses(files, names):
    files |= dict(zip(names, (f"{3 * GB}\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.8 * 2 * GB)


@pytest.mark.parametrize("names", [VERSION_2, VERSION_1])
def test_a_container_with_more_than_the_machine_has_does_not_count(files, names):
    files |= dict(zip(names, (f"{100 * GB}\n", "5\n"), strict=True))
    assert available_bytes() == int(0.8 * FREE)


def test_a_container_without_a_limit_does_not_count(files):
    files |= dict(zip(VERSION_2, ("max\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.8 * FREE)


def test_a_container_over_its_limit_has_nothing_free(files):
    files |= dict(zip(VERSION_2, (f"{GB}\n", f"{2 * GB}\n"), strict=True))
    assert available_bytes() == 0


def test_a_limit_counts_where_the_machine_does_not_tell(files):
    del files["/proc/meminfo"]
    files |= dict(zip(VERSION_2, (f"{3 * GB}\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.8 * 2 * GB)


def test_where_no_file_tells_nothing_is_known(files):
    files.clear()
    assert available_bytes() is None
    files["/proc/meminfo"] = "MemTotal: 5 kB\n"
    assert available_bytes() is None


@pytest.mark.parametrize(
    ("names", "detail"),
    [
        (VERSION_2, f"anon 5\ninactive_file {2 * GB}\nactive_file 7\n"),
        (VERSION_1, f"inactive_file 9\nactive_file 7\ntotal_inactive_file {2 * GB}\n"),
    ],
)
def test_files_that_a_container_holds_without_need_are_as_good_as_free(files, names, detail):
    """The kernel forgets them when memory is asked for."""
    files |= dict(zip(names, (f"{3 * GB}\n", f"{3 * GB}\n"), strict=True))
    files[str(Path(names[0]).parent / "memory.stat")] = detail
    assert available_bytes() == int(0.8 * 2 * GB)

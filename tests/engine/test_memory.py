"""Memory: the estimate of what a run needs, and what the system says there is."""

from pathlib import Path

import pytest

from tf_nst.engine.memory import available_bytes, estimate_bytes, picture_bytes
from tf_nst.model.networks import NETWORKS

LAYERS = NETWORKS["vgg19"].up_to(("block5_conv1",))
SMALL, LARGE = (256, 256), (512, 512)


def test_the_known_case():
    """Each layer once in bfloat16, the largest four times in float32; values for each pixel."""
    values = [64, 64, 16, 32, 32, 8, 16, 16, 16, 16, 4, 8, 8, 8, 8, 2, 2]
    weights = sum(9 * layer.channels_in * layer.channels for layer in LAYERS)
    expected = 720_000_000 + 2 * weights + 512 * 512 * (2 * sum(values) + 4 * 4 * 64)
    assert estimate_bytes(LAYERS, LARGE, LARGE, "bfloat16") == expected


def test_a_larger_picture_needs_more():
    sizes = [estimate_bytes(LAYERS, side, SMALL, "bfloat16") for side in (SMALL, LARGE)]
    assert sizes[0] < sizes[1]


def test_a_style_counts_where_it_is_much_larger_than_the_picture():
    alike = estimate_bytes(LAYERS, SMALL, SMALL, "float32")
    assert estimate_bytes(LAYERS, SMALL, (64, 64), "float32") == alike
    assert estimate_bytes(LAYERS, SMALL, (2048, 2048), "float32") > 2 * alike


def test_float32_needs_more_than_bfloat16():
    assert estimate_bytes(LAYERS, LARGE, LARGE, "bfloat16") < estimate_bytes(
        LAYERS, LARGE, LARGE, "float32"
    )


def test_what_the_optimiser_keeps_counts_before_and_after_a_step():
    """Float32 pictures, twice: those that go into a call and those that come out of it."""
    without, with_three = (
        estimate_bytes(LAYERS, LARGE, SMALL, "bfloat16", pictures) for pictures in (0, 3)
    )
    assert with_three - without == 3 * picture_bytes(*LARGE) == 3 * 2 * 4 * 3 * 512 * 512


def test_measuring_a_large_style_needs_no_optimiser():
    style = (4096, 4096)
    assert estimate_bytes(LAYERS, SMALL, style, "float32") == estimate_bytes(
        LAYERS, SMALL, style, "float32", 3
    )


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


def test_a_tenth_of_what_is_free_is_kept_back(files):
    assert available_bytes() == int(0.9 * FREE)


@pytest.mark.parametrize("names", [VERSION_2, VERSION_1])
def test_the_limit_of_a_container_counts_less_what_it_uses(files, names):
    files |= dict(zip(names, (f"{3 * GB}\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.9 * 2 * GB)


@pytest.mark.parametrize("names", [VERSION_2, VERSION_1])
def test_a_container_with_more_than_the_machine_has_does_not_count(files, names):
    files |= dict(zip(names, (f"{100 * GB}\n", "5\n"), strict=True))
    assert available_bytes() == int(0.9 * FREE)


def test_a_container_without_a_limit_does_not_count(files):
    files |= dict(zip(VERSION_2, ("max\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.9 * FREE)


def test_a_container_over_its_limit_has_nothing_free(files):
    files |= dict(zip(VERSION_2, (f"{GB}\n", f"{2 * GB}\n"), strict=True))
    assert available_bytes() == 0


def test_a_limit_counts_where_the_machine_does_not_tell(files):
    del files["/proc/meminfo"]
    files |= dict(zip(VERSION_2, (f"{3 * GB}\n", f"{GB}\n"), strict=True))
    assert available_bytes() == int(0.9 * 2 * GB)


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
    assert available_bytes() == int(0.9 * 2 * GB)

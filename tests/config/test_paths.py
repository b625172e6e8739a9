"""Lists of paths with weights: what is typed, what a flag file has, and back."""

import pytest

from tf_nst.config.paths import in_folder as placed
from tf_nst.config.paths import join_paths, split_paths, weighted_paths
from tf_nst.errors import UserError

ODD = ["a,b.jpg", "a:2", "back\\slash.png", "plain.png", "caf\udce9.png"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a.jpg", [("a.jpg", 1.0)]),
        ("a.jpg,b.jpg:2", [("a.jpg", 1.0), ("b.jpg", 2.0)]),
        ("a.jpg:0.5 , b.jpg", [("a.jpg", 0.5), ("b.jpg", 1.0)]),
        (r"a\,b.jpg:3", [("a,b.jpg", 3.0)]),
        (r"a\:2,b\\c", [("a:2", 1.0), ("b\\c", 1.0)]),
        (r"C:\a.jpg", [(r"C:\a.jpg", 1.0)]),
        (r"C:\a.jpg:0.5,D:/b.jpg:2", [(r"C:\a.jpg", 0.5), ("D:/b.jpg", 2.0)]),
        ("a.jpg:fast", [("a.jpg:fast", 1.0)]),
        ("end\\", [("end\\", 1.0)]),
    ],
)
def test_what_is_typed(text, pairs):
    assert weighted_paths(text, "--style") == pairs


@pytest.mark.parametrize("text", ["a:0", "a:-1", "a:nan", "a:inf", "a,", ",a", "a, ,b", ":2"])
def test_no_path_and_a_weight_that_is_none_are_refused(text):
    with pytest.raises(UserError, match=r"^--style: expected PATH:WEIGHT with a weight above 0"):
        weighted_paths(text, "--style")


def test_a_path_of_a_list_that_exists_as_it_is_written_stays(tmp_path, monkeypatch):
    """As one of a Windows' server does, which begins with two backslashes."""
    monkeypatch.chdir(tmp_path)
    name = r"\\server\share\a.jpg"
    assert split_paths(f"{name},b.jpg") == [r"\server\share\a.jpg", "b.jpg"]
    (tmp_path / name).touch()
    assert split_paths(f"{name},b.jpg") == [name, "b.jpg"]
    assert weighted_paths(f"b.jpg,{name}:2", "--style") == [("b.jpg", 1.0), (name, 2.0)]
    assert weighted_paths(join_paths([name, "b.jpg"]), "--style") == [(name, 1.0), ("b.jpg", 1.0)]


def test_a_path_that_exists_as_it_is_written_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b:2").touch()
    (tmp_path / "c:3").touch()
    assert split_paths("a,b:2") == ["a,b:2"]
    assert weighted_paths("a,b:2", "--style") == [("a,b:2", 1.0)]
    assert weighted_paths("x,c:3", "--style") == [("x", 1.0), ("c:3", 1.0)]


@pytest.mark.parametrize("several", [ODD, *([name] for name in ODD)])
def test_what_is_joined_is_split_again(several):
    assert split_paths(join_paths(several)) == several
    pairs = [(name, 0.1 + index) for index, name in enumerate(several)]
    assert weighted_paths(join_paths(pairs), "--style") == pairs


def test_each_relative_path_starts_at_the_folder():
    text = join_paths([("./a,b.png", 2.0), ("../c.png", 1.0), ("/d.png", 1.0)])
    paths = weighted_paths(placed("/my, folder", text), "--style")
    assert paths == [("/my, folder/a,b.png", 2.0), ("/my, folder/../c.png", 1.0), ("/d.png", 1.0)]


def test_home_and_variables_are_each_path_s(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("TF_NST_A", "/a,b")
    assert split_paths("c.png,$TF_NST_A/d.png") == ["c.png", "/a,b/d.png"]
    assert weighted_paths("${TF_NST_A}.png:2", "--style") == [("/a,b.png", 2.0)]
    assert split_paths("~/a.png,~/b.png") == ["/home/me/a.png", "/home/me/b.png"]

"""The folder of finished pictures, read again by another studio."""

import json

import pytest

from tf_nst.errors import UserError
from tf_nst.studio.history import History

RECORD = {
    "file": "20261127-120000-court.png",
    "seconds": 3.5,
    "steps_made": 40,
    "sizes": {"picture": [384, 288]},
    "inputs": {"content": {"name": "sources/a.jpg"}, "style": {"name": "sources/b.jpg"}},
}
STUDIO = {
    "name": "Court.JPG",
    "settings": {"size": 384},
    "arguments": {"content": "./sources/a.jpg", "style": "./sources/b.jpg", "size": "384"},
}
NAME = "20261127-120000-court"


def write(folder, name=NAME, record=RECORD):
    folder.mkdir(exist_ok=True)
    for extension in ("png", "cfg"):
        (folder / f"{name}.{extension}").write_bytes(b"#")
    (folder / f"{name}.json").write_text(json.dumps(record))


def test_a_picture_is_listed_with_its_settings_and_command(tmp_path):
    write(tmp_path, record=RECORD | {"studio": STUDIO})
    (entry,) = History(tmp_path).shown()
    assert entry == {
        **{"id": NAME, "name": "Court.JPG", "when": "2026-11-27T12:00:00", "notes": []},
        **{"width": 384, "height": 288, "seconds": 3.5, "steps": 40, "settings": {"size": 384}},
        "command": f"tf-nst --content={tmp_path}/sources/a.jpg --style={tmp_path}/sources/b.jpg "
        "--size=384",
        "has_flags": True,
    }


def test_a_picture_of_the_painting_command_has_its_flag_file_s_command(tmp_path):
    write(tmp_path, "mine")
    (entry,) = History(tmp_path).shown()
    assert entry["command"] == f"tf-nst --flagfile={tmp_path / 'mine.cfg'}"
    assert entry["settings"] == {}


def test_a_picture_of_a_run_that_failed_has_no_flag_file(tmp_path):
    write(tmp_path, record=RECORD | {"studio": STUDIO | {"notes": ["the loss is nan"]}})
    (tmp_path / f"{NAME}.cfg").unlink()
    (entry,) = History(tmp_path).shown()
    assert (entry["has_flags"], entry["notes"]) == (False, ["the loss is nan"])


def test_the_latest_is_first_and_what_is_not_a_record_is_left_out(tmp_path):
    for name in (NAME, "20261128-000000-a", "20261126-000000-b"):
        write(tmp_path, name)
    write(tmp_path, "broken", {"sizes": 3})
    (tmp_path / "other.json").write_text("[]")
    (tmp_path / "damaged.png").write_bytes(b"")
    (tmp_path / "damaged.json").write_text("{")
    names = [entry["id"] for entry in History(tmp_path).shown()]
    assert names == ["20261128-000000-a", NAME, "20261126-000000-b"]


def test_an_entry_goes_with_its_files_and_nothing_else(tmp_path):
    write(tmp_path)
    write(tmp_path, "20261128-000000-a")
    history = History(tmp_path)
    history.remove(NAME)
    assert [entry["id"] for entry in history.shown()] == ["20261128-000000-a"]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".cfg", ".json", ".png"]


@pytest.mark.parametrize("name", ["..", "../x", "nothing", "", "/etc/passwd"])
def test_only_ids_lead_to_files(tmp_path, name):
    history = History(tmp_path)
    for action in (history.remove, history.about, lambda it: history.path(it, "png")):
        with pytest.raises(UserError, match="expected the id of a finished picture"):
            action(name)


@pytest.mark.parametrize(
    ("content", "letters"),
    [
        ("Court 1.JPG", "court-1"),
        ("../../etc/passwd", "picture"),
        ("\u00e9t\u00e9.png", "t"),
        ("\u65e5\u672c.png", "picture"),
        ("", "picture"),
        ("x" * 300 + ".png", "x" * 40),
        ("..", "picture"),
        ("a\0b.png", "a-b"),
    ],
)
def test_of_a_photograph_s_name_a_picture_has_the_letters(tmp_path, content, letters):
    name = History(tmp_path).new_name(content, set())
    assert name[15:] == f"-{letters}" and name[:15].replace("-", "").isdigit()


def test_a_name_is_no_other_file_s(tmp_path, monkeypatch):
    monkeypatch.setattr("time.strftime", lambda form: "20261127-120000")
    history = History(tmp_path)
    (tmp_path / f"{NAME}.state").write_bytes(b"")
    (tmp_path / f"{NAME}-3.waiting").write_bytes(b"")
    assert history.new_name("court.jpg", {f"{NAME}-2"}) == f"{NAME}-4"


def test_what_a_picture_was_painted_of_is_in_its_record(tmp_path):
    write(tmp_path)
    pair = History(tmp_path).pair(NAME)
    assert pair == (f"{tmp_path}/sources/a.jpg", f"{tmp_path}/sources/b.jpg")


def test_a_record_that_does_not_say_is_one_line(tmp_path):
    write(tmp_path)
    history = History(tmp_path)
    (tmp_path / f"{NAME}.json").write_text("{}")
    with pytest.raises(UserError, match="its record does not say what it was painted of"):
        history.pair(NAME)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"--folder: the folder .*file/x cannot be made"):
        History(tmp_path / "file" / "x")

"""The CSV of pairs."""

import pytest
from batches import write_picture

from tf_nst.batch.pairs import Pair, read_pairs
from tf_nst.config.paths import split_paths, weighted_paths
from tf_nst.errors import UserError


@pytest.fixture
def csv(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "pairs.csv") -> str:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
        return name

    return write


def test_each_line_is_a_pair_with_flags_of_its_own(csv):
    path = csv("content,style,style-weight,--size\na.jpg,s.jpg,2,\nb.jpg,s.jpg:2,,64\n")
    assert read_pairs(path) == [
        Pair("a.jpg", "s.jpg", "", {"style_weight": "2"}, 2),
        Pair("b.jpg", "s.jpg:2.0", "", {"size": "64"}, 3),
    ]


def test_windows_files_empty_lines_and_quoted_cells_are_read(csv):
    path = csv('\ufeffcontent,style,output\r\n\r\n"a, b.jpg",s.jpg,x/y.png\r\n')
    assert read_pairs(path) == [Pair("a, b.jpg", "s.jpg", "x/y.png", {}, 3)]


def test_paths_start_at_the_folder_of_the_file(csv, tmp_path):
    for name in ("a.png", "s.png", "m.png", "w.png"):
        write_picture(tmp_path / "album" / name)
    row = "a.png,s.png,m.png,w.png\na.png,gone.png,auto:2,imagenet\n"
    first, second = read_pairs(csv(f"content,style,mask,init\n{row}", "album/pairs.csv"))
    assert first[:2] == ("album/a.png", "album/s.png")
    assert first.flags == {"mask": "album/m.png", "init": "album/w.png"}
    assert second[:2] == ("album/a.png", "gone.png")
    assert second.flags == {"mask": "auto:2", "init": "imagenet"}


def test_words_stay_words_where_the_folder_has_files_of_such_names(csv, tmp_path):
    for name in ("content", "imagenet", "auto:2", "matched"):
        write_picture(tmp_path / "album" / f"{name}.png").rename(tmp_path / "album" / name)
    row = "a,s,auto:2,content,imagenet\na,s,matched,./content,./imagenet\n"
    first, second = read_pairs(csv(f"content,style,mask,init,weights\n{row}", "album/pairs.csv"))
    assert first.flags == {"mask": "auto:2", "init": "content", "weights": "imagenet"}
    assert second.flags["mask"] == "album/matched"
    assert second.flags["init"] == "album/./content"
    assert second.flags["weights"] == "album/./imagenet"


def test_names_with_commas_and_colons_are_one_file_where_the_folder_has_it(csv, tmp_path):
    for name in ("a.png", "s, t:2.png", "m,n.png", "w,1.png"):
        write_picture(tmp_path / "album" / name)
    row = '"a.png","s, t:2.png","m,n.png","w,1.png"\n'
    (pair,) = read_pairs(csv(f"content,style,mask,init\n{row}", "album/pairs.csv"))
    assert weighted_paths(pair.style, "style") == [("album/s, t:2.png", 1.0)]
    assert split_paths(pair.flags["mask"]) == ["album/m,n.png"]
    assert pair.flags["init"] == "album/w,1.png"


def test_home_and_variables_are_replaced_but_in_names_that_exist(csv, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TF_NST_A", "album")
    for name in ("a.png", "album/s.png", "$TF_NST_A.png"):
        write_picture(tmp_path / name)
    row = "~/a.png,$TF_NST_A/s.png,~/a.png\n$TF_NST_A.png,s.png,\n"
    first, second = read_pairs(csv(f"content,style,init\n{row}"))
    assert first[:2] == (f"{tmp_path}/a.png", "album/s.png")
    assert first.flags == {"init": f"{tmp_path}/a.png"}
    assert second.content == "$TF_NST_A.png"


def test_lines_before_the_names_may_be_empty(csv):
    assert read_pairs(csv("\n,\ncontent,style\na,b\n")) == [Pair("a", "b", "", {}, 4)]


BAD = [
    ("content;style\na;b\n", "pairs.csv, line 1: expected commas between cells, received ';'"),
    ("content\tstyle\na\tb\n", "pairs.csv, line 1: expected commas .* received '.t'"),
    ("content,stile\na,b\n", r"pairs.csv, line 1: .* received 'stile', .*; nearest: .*style"),
    ("content,style,size,size\n", "pairs.csv, line 1: .* each once, received 'size', again"),
    ("content,size\na,3\n", "pairs.csv, line 1: expected a column style, received content, size"),
    ("content,style\na,b\nc\n", "pairs.csv, line 3: expected 2 cells, .* received 1"),
    ("content,style\na,\n", "pairs.csv, line 2: expected a style, received nothing"),
    ("content,style\na,b:0\n", "pairs.csv, line 2: style: expected PATH:WEIGHT"),
    ("content,style,output\na,b,../x.png\n", "pairs.csv, line 2: expected an output within --out"),
    ("content,style,output\na,b,/x.png\n", "pairs.csv, line 2: expected an output within --out"),
    ('content,style\na,"b\n', "pairs.csv, line 2: expected CSV, received"),
    ("content,style\n", "--photos: expected a CSV .* without a pair"),
    ("", "--photos: expected a CSV .* without a pair"),
]


@pytest.mark.parametrize(("text", "line"), BAD)
def test_a_bad_csv_is_refused_with_its_line(csv, text, line):
    with pytest.raises(UserError, match=line):
        read_pairs(csv(text))


def test_a_csv_that_is_not_there_is_refused(csv):
    with pytest.raises(UserError, match=r"--photos: expected a CSV of pairs, received gone.csv"):
        read_pairs("gone.csv")

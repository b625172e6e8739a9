"""Completion: what bash itself makes of the script, on a terminal of its own."""

import os
import re
import shutil
import subprocess

import pytest

from tf_nst.cli.completion import bash_script, zsh_script
from tf_nst.cli.main import main
from tf_nst.cli.verbs import VERBS, flag_tables

# In the place of the command: its arguments, each in brackets.
ECHO = "tf-nst() { printf '<%s>' \"$@\"; echo; }\n"
# What is typed, with Tab, and the arguments that come of it.
TYPED = {
    "a flag, and its word": ("--optimiz\tlb\t", "<--optimizer=lbfgs>"),
    "a word after a blank": ("--optimizer sg\t", "<--optimizer><sgd>"),
    "dashes": ("--style-l\tconv1_1", "<--style_layers=conv1_1>"),
    "a switch": ("--resu\t", "<--resume>"),
    "a file": ("--content=pho\t", "<--content=photo one.png>"),
    "a file by itself": ("pho\t", "<photo one.png>"),
    "a file after -o": ("-o pho\t", "<-o><photo one.png>"),
    "a word where a path may be": ("--weights=imag\t", "<--weights=imagenet>"),
    "a verb": ("visu\t", "<visualize>"),
    "a kind": ("visualize tradeo\t", "<visualize><tradeoff>"),
    "a flag of a kind": ("visualize tradeoff --rat\t1", "<visualize><tradeoff><--ratios=1>"),
    "a flag of a verb": ("export --max_r\t9", "<export><--max_request_megapixels=9>"),
    "a shell": ("info --comp\tz\t", "<info><--completion=zsh>"),
    "a file with a star in its name": ("'*\t", "<*star.png>"),
    "a number": ("--size=pho\t", "<--size=pho>"),
    "what there is none of": ("--zzz\t", "<--zzz>"),
}


@pytest.fixture
def completed(tmp_path):
    """What bash, with the script, makes of keys that are typed: keys -> the arguments."""
    (tmp_path / "script").write_text(f"{bash_script()}{ECHO}PS1=''\nbind 'set bell-style none'\n")
    (tmp_path / "photo one.png").touch()
    (tmp_path / "*star.png").touch()
    (tmp_path / "a star.png").touch()

    def run(keys: str) -> str:
        terminal, other = os.openpty()
        process = subprocess.Popen(
            ["bash", "--noprofile", "--rcfile", "script", "-i"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "dumb"},
            stdin=other,
            stdout=subprocess.PIPE,
            stderr=other,
            start_new_session=True,
            text=True,
        )
        os.close(other)
        os.write(terminal, f"tf-nst {keys}\nexit\n".encode())
        try:
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
            os.close(terminal)
        return "".join(re.findall("<.*>", out)[-1:])

    return run


@pytest.mark.parametrize(("keys", "arguments"), TYPED.values(), ids=TYPED)
def test_bash_completes(completed, keys, arguments):
    assert completed(keys) == arguments


def test_every_flag_of_every_verb_is_in_both_scripts():
    bash, zsh = bash_script(), zsh_script()
    for verb in VERBS:
        for table in flag_tables(verb).values():
            for option in table:
                assert f"{option.flag} " in bash or f"{option.flag}= " in bash
                assert f"'{option.flag}[" in zsh or f"'{option.flag}=[" in zsh


def test_zsh_can_read_its_script(tmp_path):
    """Where there is a zsh; bash reads the quotes of both alike."""
    (tmp_path / "_tf-nst").write_text(zsh_script())
    shell = shutil.which("zsh")
    if shell:
        subprocess.run([shell, "-n", tmp_path / "_tf-nst"], check=True)
    assert zsh_script().startswith("#compdef tf-nst\n")


@pytest.mark.parametrize(("shell", "script"), [("bash", bash_script), ("zsh", zsh_script)])
def test_info_prints_the_script(capfd, shell, script):
    assert main(["tf-nst", "info", f"--completion={shell}"]) == 0
    assert capfd.readouterr() == (script(), "")


def test_another_shell_is_refused_in_one_line(capfd):
    assert main(["tf-nst", "info", "--completion=fish"]) == 2
    expected = "tf_nst: --completion: expected one of bash, zsh, received 'fish'\n"
    assert capfd.readouterr().err == expected

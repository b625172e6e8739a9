"""Scripts that complete `tf-nst` in shells, generated from the tables of flags."""

import re

from tf_nst.cli.arguments import SHORT
from tf_nst.cli.verbs import VERBS, flag_tables
from tf_nst.config.options import Option
from tf_nst.config.value_types import Choice, FilePath

# That every command takes.
_COMMON = ("--flagfile=", "--help", "--helpfull", "--version")
_PATH = re.compile(r"\b(file|folder|FILE|PATH)\b")

_BASH = """\
# Completes tf-nst in bash; written by: tf-nst info --completion=bash
_tf_nst() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} flag=${{COMP_WORDS[COMP_CWORD-1]}}
    local verb=paint kind="" flags="" words="" files="" known=yes
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $flag == "=" ]]; then
        flag=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    if ((COMP_CWORD > 1)) && [[ " {verbs} " == *" ${{COMP_WORDS[1]}} "* ]]; then
        verb=${{COMP_WORDS[1]}}
        kind=${{COMP_WORDS[2]}}
    fi
    flag=${{flag//-/_}}
    case "$verb $flag" in
{values}
        *) known="" ;;
    esac
    if [[ -z $known && $current == -* ]]; then
        case "$verb $kind" in
{flags}
        esac
        current=${{current#-}}
        current=${{current#-}}
        COMPREPLY=($(compgen -W "$flags" -- "--${{current//-/_}}"))
        [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace
        return
    fi
    if [[ -z $known ]]; then
        files=yes
        ((COMP_CWORD == 1)) && words="{verbs}"
        if ((COMP_CWORD == 2)); then
            case $verb in
{kinds}
            esac
        fi
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ $files ]]; then
        compopt -o filenames
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current")
    fi
}}
complete -F _tf_nst tf-nst
"""

_ZSH = """\
#compdef tf-nst
# Completes tf-nst in zsh; written by: tf-nst info --completion=zsh
_tf_nst() {{
    local verb=paint
    local -a verbs=({verbs})
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe verb verbs
        _files
        return
    fi
    case $words[2] in
        {names}) verb=$words[2]; shift words; (( CURRENT-- )) ;;
    esac
    case $verb in
{kinds}
    esac
    case $verb in
{arguments}
    esac
}}
if [[ $funcstack[1] == _tf_nst || $funcstack[1] == _tf-nst ]]; then
    _tf_nst "$@"
else
    compdef _tf_nst tf-nst
fi
"""


def bash_script() -> str:
    """For bash 4 and later."""
    by_values: dict[tuple[str, bool], list[str]] = {}
    flags, kinds = [], []
    for verb in VERBS:
        tables = flag_tables(verb)
        for kind, table in tables.items():
            pattern = f'"{verb} {kind}"' if kind else f'"{verb} "*'
            names = [*map(_typed, table), *_COMMON]
            flags.append(f'            {pattern}) flags="{" ".join(names)}" ;;')
        for option in _distinct(tables):
            for name in _spellings(option):
                by_values.setdefault(_values(option), []).append(f'"{verb} {name}"')
        by_values.setdefault(("", True), []).append(f'"{verb} __flagfile"')
        if kinds_of := " ".join(filter(None, tables)):
            kinds.append(f'                {verb}) words="{kinds_of}" files="" ;;')
    values = (
        f'        {" | ".join(patterns)}) words="{words}" files={"yes" if files else ""} ;;'
        for (words, files), patterns in by_values.items()
    )
    return _BASH.format(
        verbs=" ".join(VERBS),
        values="\n".join(values),
        flags="\n".join(flags),
        kinds="\n".join(kinds),
    )


def zsh_script() -> str:
    """For zsh's completion system, in a file `_tf-nst` of $fpath or sourced."""
    kinds, arguments = [], []
    for verb in VERBS:
        tables = flag_tables(verb)
        for kind, table in tables.items():
            specs = " \\\n            ".join(map(_zsh_spec, table))
            name = f"{verb} {kind}".strip()
            arguments.append(
                f"        '{name}') _arguments \\\n            {specs} \\\n"
                "            '--flagfile=[more flags]:file:_files' '--help[flags]' "
                "'*:file:_files' ;;"
            )
        if kinds_of := " ".join(filter(None, tables)):
            kinds.append(
                f"        {verb})\n"
                f"            (( CURRENT == 2 )) && {{ compadd {kinds_of}; return; }}\n"
                '            verb+=" $words[2]"; shift words; (( CURRENT-- )) ;;'
            )
    return _ZSH.format(
        verbs=" ".join(f"'{name}:{verb.summary}'" for name, verb in VERBS.items()),
        names="|".join(VERBS),
        kinds="\n".join(kinds),
        arguments="\n".join(arguments),
    )


SHELLS = {"bash": bash_script, "zsh": zsh_script}


def _distinct(tables: dict[str, tuple[Option, ...]]) -> list[Option]:
    """The options with values of all tables, each name once."""
    options = {option.name: option for table in tables.values() for option in table}
    return [option for option in options.values() if not _is_boolean(option)]


def _is_boolean(option: Option) -> bool:
    return isinstance(option.default, bool)


def _typed(option: Option) -> str:
    return option.flag if _is_boolean(option) else f"{option.flag}="


def _spellings(option: Option) -> list[str]:
    """A flag's names as the script compares them, its dashes as underscores."""
    short = [f"_{letter}" for letter, name in SHORT.items() if name == option.name]
    return [f"__{option.name}", *short]


def _values(option: Option) -> tuple[str, bool]:
    """The words that an option takes, and whether it takes a path."""
    kind = option.type
    first = kind.values.split(",")[0]
    words = kind.words if isinstance(kind, Choice) else first.split("|") if "|" in first else []
    plain = [word for word in words if re.fullmatch(r"[a-z0-9_]+", word)]
    return " ".join(plain), isinstance(kind, FilePath) or bool(_PATH.search(kind.values))


def _zsh_spec(option: Option) -> str:
    """Such as '--size=[long side of the picture]:pixels:'."""
    about = re.sub(r"[][:\\']", "", option.help.split(";")[0])
    if _is_boolean(option):
        return f"'{option.flag}[{about}]'"
    words, files = _values(option)
    action = "_files" if files else f"({words})" if words else ""
    if words and files:
        action = f"{{compadd {words}; _files}}"
    return f"'{option.flag}=[{about}]:{option.unit or 'value'}:{action}'"

"""From the choices of a person, or of several, to how often each folder was preferred."""

import json
import math
from collections import Counter, defaultdict
from pathlib import Path

from comparison.trials import make_trials

from tf_nst.errors import UserError

CHOICES = ("left", "right", "equal")
# Of the standard normal distribution: 95 % lie between it and its negative.
Z = 1.959963984540054


def print_scores(first, second, paths):
    """How often pictures of each folder were preferred, all together and by picture.

    Raises:
      UserError: choices of other pictures, no choices, or the same file twice.
    """
    for path in paths:
        if [Path(other).resolve() for other in paths].count(Path(path).resolve()) > 1:
            raise UserError(f"--choices: expected different files, received {path} twice")
    answers = [answer for path in paths for answer in read_answers(first, second, path)]
    header = ["pictures", first, second, "equal", f"share of {first}", "95 % interval"]
    print("| " + " | ".join(header) + " |\n" + "|---" * len(header) + "|")
    by_name = defaultdict(list)
    for name, preferred, _ in answers:
        by_name[name].append(preferred)
    print(_row("all", Counter(preferred for _, preferred, _ in answers)))
    for name in sorted(by_name):
        print(_row(name, Counter(by_name[name])))
    sides = Counter(side for *_, side in answers)
    print(f"\nBy side: left {sides['left']}, right {sides['right']}, equal {sides['equal']}")


def _row(name, counts):
    first, second = counts["first"], counts["second"]
    cells = [name, first, second, counts["equal"]]
    if first + second:
        low, high = wilson_interval(first, first + second)
        cells += [f"{first / (first + second):.0%}", f"{low:.0%} to {high:.0%}"]
    else:
        cells += ["", ""]
    return "| " + " | ".join(map(str, cells)) + " |"


def wilson_interval(successes, count):
    """The 95 % interval of a probability, of `count` independent trials, 1 or more.

    Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    share = successes / count
    middle = (share + Z**2 / (2 * count)) / (1 + Z**2 / count)
    spread = math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    half = Z * spread / (1 + Z**2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def read_answers(first, second, path):
    """(name, "first", "second" or "equal", the side chosen) of each trial that was answered.

    Raises:
      UserError: no file of choices, another choice than CHOICES, a trial of other pictures, of the
        folders in the other order, or twice the same.
    """
    record = _read(path)
    trials = {
        trial.key: trial
        for trial in make_trials(first, second, seed=record["seed"], times=record["times"])
    }
    answers, keys = [], set()
    for each in record["choices"]:
        trial = trials.get(each["key"])
        _check(path, each, trial, keys)
        keys.add(each["key"])
        if each["choice"] is not None:
            answers.append((trial.name, _preferred(trial, each["choice"]), each["choice"]))
    return answers


def _read(path):
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        usable = (
            type(record["seed"]) is int
            and type(record["times"]) is int
            and record["times"] <= len(record["choices"])
            and all(type(each["key"]) is str and "choice" in each for each in record["choices"])
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(
            f"--choices: expected a JSON file as the page saves it, received {path} ({error!r})"
        ) from error
    if not usable:
        raise UserError(f"--choices: expected seed, times, key and choice, received {path}")
    return record


def _check(path, each, trial, keys):
    if trial is None:
        raise UserError(
            f"--choices: {path}: expected comparisons of these two folders, in the order and with "
            f"the pictures that they had, received {each['key']!r}"
        )
    if each["choice"] not in (*CHOICES, None):
        raise UserError(
            f"--choices: {path}: expected {', '.join(CHOICES)} or null, received {each['choice']!r}"
        )
    if each["key"] in keys:
        raise UserError(
            f"--choices: {path}: expected one choice each, received {each['key']} twice"
        )


def _preferred(trial, choice):
    if choice == "equal":
        return "equal"
    return "first" if (choice == "left") == trial.left_is_first else "second"

"""Seconds and numbers in words."""


def duration(seconds: float) -> str:
    """Seconds in words: `42 s`, `3 min 05 s`, `2 h 07 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def roughly(seconds: float) -> str:
    """Seconds, rounded to an estimate: `4 s`, `40 s`, `6 min`, `2 h`."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 97.5:
        return f"{5 * round(seconds / 5)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"


def counted(number: int, what: str) -> str:
    """`1 picture`, `2 pictures`."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"

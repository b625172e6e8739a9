"""How a running server answers several clients at once, each of which asks again when answered.

Pictures are of the export's own size. What the clients take of the machine counts too, where they
share it.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

CLIENTS = (1, 4, 16)


def print_table(url, photo, pictures):
    """A row for each number of clients: requests a second, and their latencies, median and 95th
    percentile, in seconds; and the load of the machine, averaged over a minute."""
    from tf_nst.serving.client import Request
    from tf_nst.serving.rest import ask_rest
    from tf_nst.serving.server import Server

    server, request = Server(url, retries=0), Request(Path(photo).read_bytes())
    ask_rest(server, request)
    print(
        "| clients | requests | requests a second | median, s | 95th percentile, s "
        "| load before, after |\n" + "|---" * 6 + "|"
    )
    for clients in CLIENTS:
        before = os.getloadavg()[0]
        seconds, latencies = _times(lambda: ask_rest(server, request), clients, pictures)
        median, high = np.percentile(latencies, [50, 95])
        print(
            f"| {clients} | {pictures} | {pictures / seconds:.2f} | {median:.2f} | {high:.2f} "
            f"| {before:.1f}, {os.getloadavg()[0]:.1f} |",
            flush=True,
        )


def _times(ask, clients, pictures):
    """Seconds of all requests together, and of each."""
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        latencies = list(threads.map(lambda _: _seconds(ask), range(pictures)))
    return time.perf_counter() - began, latencies


def _seconds(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began

"""On which of two logical CPUs the programs of runs compute: a part of logical_devices.py."""

import json
from pathlib import Path

import tensorflow as tf
from mirroring import tiled_job

from tf_nst.engine.job import Job
from tf_nst.engine.loop import stylize
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.strategy import make_strategy

# Cores of the scales: never by windows, whole but windows where memory is short, windows.
PLANS = {"off": None, "whole": (0,), "windows": (8,), "both": (0, 8)}


def devices(job: Job) -> list[str]:
    """Where all programs of a run with convolutions are placed; "" is nowhere."""
    graphs, compiled = [], Replicas.compiled

    def keeping(self, function, *arguments):
        program = compiled(self, function, *arguments)
        graphs.append(program.graph.as_graph_def())
        return program

    Replicas.compiled = keeping
    stylize(job)
    Replicas.compiled = compiled
    return sorted(set().union(*(placed(graph) for graph in graphs if convolves(graph))))


def convolves(graph) -> bool:
    return any(node.op == "Conv2D" for node in (*graph.node, *inner_nodes(graph)))


def inner_nodes(graph) -> list:
    """The nodes of the functions that a graph calls."""
    return [node for inner in graph.library.function for node in inner.node_def]


def placed(graph) -> set[str]:
    """The devices of convolutions: those of the calls within which they are, or where these have
    none their own."""
    kinds = ("Conv2D", "PartitionedCall", "StatefulPartitionedCall")
    outer = {node.device[-5:] for node in graph.node if node.op in kinds}
    inner = {node.device[-5:] for node in inner_nodes(graph) if node.op == "Conv2D"}
    return inner if outer == {""} else outer


def planned_job(strategy, cores: tuple[int, ...] | None) -> Job:
    """A step at each scale."""
    job, count = tiled_job(strategy), len(cores or (0,))
    scales = tuple(scale._replace(steps=1) for scale in job.scales[-count:])
    return job._replace(scales=scales, optimizers=job.optimizers[-count:], cores=cores)


def write(path: Path) -> None:
    second = tf.distribute.OneDeviceStrategy("CPU:1")
    # One picture that is never cut into windows has one device: nobody makes it a strategy of two.
    strategies = {
        "second": (second, tuple(PLANS)),
        "mirrored": (make_strategy("mirrored", 9, print), ("whole", "windows", "both")),
    }
    places = {
        name: {plan: devices(planned_job(strategy, PLANS[plan])) for plan in plans}
        for name, (strategy, plans) in strategies.items()
    }
    path.write_text(json.dumps(places), encoding="utf-8")

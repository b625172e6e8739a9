"""Compiles an HLO module for a TPU that is not there, by the TPU's own compiler, libtpu.

python program_compile.py MODULE.pb TOPOLOGY, such as v5e:2x2; prints one line of JSON. Needs what
setup.cfg's extra `tpu-compiler` pins, whose internals it uses, and no TensorFlow.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

# Compiling alone asks no cloud what machine this is.
os.environ.update(
    TPU_SKIP_MDS_QUERY="1",
    TPU_ACCELERATOR_TYPE="v5litepod-8",
    TPU_WORKER_HOSTNAMES="localhost",
    JAX_PLATFORMS="cpu",
)

import numpy as np
from jax._src.interpreters import mlir as jax_mlir
from jax._src.lib import _jax, xla_client
from jax.experimental import topologies
from jaxlib.mlir import ir
from program_checks import counts, problems

_COPY = re.compile(r"mhlo\.copy (%\S+) : (tensor<[^>]*>)")


def main():
    """Prints what the compiler says of the module; {"problems": [...]} where it may not run."""
    path, topology = Path(sys.argv[1]), sys.argv[2]
    text = xla_client.XlaComputation(path.read_bytes()).as_hlo_text()
    refused = problems(text)
    print(json.dumps({"problems": refused} if refused else _compiled(path, topology, text)))


def _compiled(path, topology, text):
    devices = topologies.get_topology_desc(topology, platform="tpu").devices
    told = path.with_suffix(".json")
    split = json.loads(told.read_text())["split"] if told.exists() else []
    # Pictures that are split take a core each.
    devices = devices if split else devices[:1]
    began = time.perf_counter()
    try:
        executable = _executable(path, devices, split)
    except _jax.JaxRuntimeError as error:
        return {"problems": [f"refused: {' '.join(str(error).split())[:300]}"]}
    return {
        "device": devices[0].device_kind,
        "cores": len(devices),
        "seconds": time.perf_counter() - began,
        "given": counts(text),
        "made": counts(executable.hlo_modules()[0].to_string()),
        **_figures(executable),
    }


def _executable(path, devices, split):
    with jax_mlir.make_ir_context():
        module = _module(path, len(devices), split)
        options = xla_client.CompileOptions()
        options.num_replicas, options.num_partitions = 1, len(devices)
        cores = np.array([[device.id for device in devices]])
        options.device_assignment = xla_client.DeviceAssignment.create(cores)
        if split:
            build = options.executable_build_options
            build.use_spmd_partitioning = True
            build.allow_spmd_sharding_propagation_to_output = [True]
        return devices[0].client.compile(module, xla_client.DeviceList(tuple(devices)), options)


def _module(path, cores, split):
    """StableHLO, whose arguments in `split` are shared out over the cores by their first axis."""
    text = _jax.mlir.xla_computation_to_mlir_module(xla_client.XlaComputation(path.read_bytes()))
    # Plugins for accelerators refuse mhlo.copy, by which the module hands its arguments on; a
    # reshape to the same shape is nothing to any compiler.
    module = ir.Module.parse(_COPY.sub(r"stablehlo.reshape \1 : (\2) -> \2", text))
    if split:
        _share_out(module, cores, split)
    return module


def _share_out(module, cores, split):
    (function,) = (
        it for it in module.body.operations if str(it.attributes["sym_name"]) == '"main"'
    )
    attributes = []
    for index, kind in enumerate(map(ir.RankedTensorType, function.type.inputs)):
        sides = ",".join([str(cores), *["1"] * (kind.rank - 1)])
        sharding = f"{{devices=[{sides}]<=[{cores}]}}" if index in split else "{replicated}"
        attributes.append(ir.DictAttr.get({"mhlo.sharding": ir.StringAttr.get(sharding)}))
    function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)


def _figures(executable):
    cost, memory = executable.cost_analysis(), executable.get_compiled_memory_stats()
    return {
        "flops": cost["flops"],
        "bytes": cost["bytes accessed"],
        "temporaries": memory.temp_size_in_bytes,
        "arguments": memory.argument_size_in_bytes,
        "code": memory.generated_code_size_in_bytes,
    }


if __name__ == "__main__":
    main()

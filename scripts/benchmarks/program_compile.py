"""Compiles an HLO module for a TPU that is not there, by the TPU's own compiler, libtpu.

python program_compile.py MODULE.pb TOPOLOGY, such as v5e:2x2; prints one line of JSON. A module
of StableHLO, MODULE.mlir, will do too. Needs what setup.cfg's extra `tpu-compiler` pins, whose
internals it uses, and no TensorFlow.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

# Compiling alone asks no cloud what machine this is, and may be done twice at a time.
os.environ.update(
    ALLOW_MULTIPLE_LIBTPU_LOAD="1",
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
    module = _module_bytes(path)
    text = xla_client.XlaComputation(module).as_hlo_text()
    refused = problems(text)
    print(json.dumps({"problems": refused} if refused else _compiled(path, module, topology)))


def _module_bytes(path):
    if path.suffix == ".mlir":
        module = _jax.mlir.mlir_module_to_xla_computation(path.read_text())
        return module.as_serialized_hlo_module_proto()
    return path.read_bytes()


def _compiled(path, module, topology):
    devices = topologies.get_topology_desc(topology, platform="tpu").devices
    description = path.with_suffix(".json")
    description = json.loads(description.read_text()) if description.exists() else {}
    split, replicas = description.get("split", []), description.get("replicas", 1)
    # Pictures, or windows of one, take a core each.
    devices = devices if split or replicas > 1 else devices[:1]
    began = time.perf_counter(), time.process_time()
    try:
        executable = _executable(module, devices, split)
    except _jax.JaxRuntimeError as error:
        return {"problems": [f"refused: {' '.join(str(error).split())[:300]}"]}
    return {
        "device": devices[0].device_kind,
        "cores": len(devices),
        "seconds": time.perf_counter() - began[0],
        "processor_seconds": time.process_time() - began[1],
        "made": counts(executable.hlo_modules()[0].to_string()),
        **_figures(executable),
    }


def _executable(given, devices, split):
    with jax_mlir.make_ir_context():
        module = _module(given, len(devices), split)
        options = xla_client.CompileOptions()
        cores = np.array([device.id for device in devices]).reshape([1, -1] if split else [-1, 1])
        options.num_replicas, options.num_partitions = cores.shape
        options.device_assignment = xla_client.DeviceAssignment.create(cores)
        if split:
            build = options.executable_build_options
            build.use_spmd_partitioning = True
            build.allow_spmd_sharding_propagation_to_output = [True]
        return devices[0].client.compile(module, xla_client.DeviceList(tuple(devices)), options)


def _module(given, cores, split):
    """StableHLO, whose arguments in `split` are shared out over the cores by their first axis."""
    text = _jax.mlir.xla_computation_to_mlir_module(xla_client.XlaComputation(given))
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

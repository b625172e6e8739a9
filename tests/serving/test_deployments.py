"""Files that start servers elsewhere: well-formed, with what is needed, no field misspelled.

Nothing is started by them here.
"""

from pathlib import Path

import kserve
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "kserve"


def read(name: str) -> dict:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def test_compose_mounts_what_the_server_is_told_to_read():
    service = read("compose.yaml")["services"]["nst"]
    assert service["image"].startswith("tensorflow/serving")
    assert {"8500:8500", "8501:8501"} == set(service["ports"])
    mounts = dict(volume.split(":")[:2] for volume in service["volumes"])
    assert (FOLDER / "../../configs/models.config").resolve() == ROOT / "configs" / "models.config"
    assert mounts == {"../../models": "/models", "../../configs/models.config": "/models.config"}
    assert "--model_config_file=/models.config" in service["command"]
    assert 'base_path: "/models/nst"' in (ROOT / "configs/models.config").read_text("utf-8")


def test_the_inference_service_has_what_kserve_needs():
    service = read("inference_service.yaml")
    assert service["apiVersion"] == "serving.kserve.io/v1beta1"
    assert service["kind"] == "InferenceService"
    assert service["metadata"] == {"name": "nst"}
    model = service["spec"]["predictor"]["model"]
    assert model["modelFormat"] == {"name": "tensorflow"}
    assert model["storageUri"].startswith("pvc://")
    assert int(service["spec"]["predictor"]["timeout"]) > 60


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ([], kserve.V1beta1InferenceService),
        (["spec"], kserve.V1beta1InferenceServiceSpec),
        (["spec", "predictor"], kserve.V1beta1PredictorSpec),
        (["spec", "predictor", "model"], kserve.V1beta1ModelSpec),
        (["spec", "predictor", "model", "modelFormat"], kserve.V1beta1ModelFormat),
    ],
)
def test_every_field_is_one_of_kserves(path, kind):
    part = read("inference_service.yaml")
    for name in path:
        part = part[name]
    assert set(part) <= set(kind.attribute_map.values())

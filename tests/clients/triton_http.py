"""tritonclient over HTTP, as its examples use it."""
import json, sys
import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, token, name = sys.argv[1:4]


def headers():
    # The client writes the lengths of one request into the headers it is given, so each call has its own.
    return {"Authorization": f"Bearer {token}"}


client = triton.InferenceServerClient(address)
told = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "model_ready": client.is_model_ready(name, headers=headers()),
    "version_ready": client.is_model_ready(name, "3", headers=headers()),
    "server": client.get_server_metadata()["name"],
    "inputs": [tensor["name"] for tensor in client.get_model_metadata(name, headers=headers())["inputs"]],
    "config": client.get_model_config(name, headers=headers())["name"],
    "index": client.get_model_repository_index(headers=headers()),
}


def tensors(binary):
    charges = triton.InferInput("total charges", [2], "FP64")
    charges.set_data_from_numpy(np.array([1.0, 2.0]), binary_data=binary)
    contract = triton.InferInput("contract", [2], "BYTES")
    contract.set_data_from_numpy(np.array(["Monthly", "J\u00e4hrlich"], dtype=object), binary_data=binary)
    active = triton.InferInput("active", [2], "BOOL")
    active.set_data_from_numpy(np.array([True, False]), binary_data=binary)
    return [charges, contract, active]


def answer(result):
    return {"value": [v.decode() if isinstance(v, bytes) else v for v in result.as_numpy("value").tolist()],
            "yes": result.as_numpy("probability_Yes").tolist(), "id": result.get_response()["id"]}


told["binary"] = answer(client.infer(name, tensors(True), request_id="call-1", headers=headers()))
told["json"] = answer(client.infer(
    name, tensors(False), headers=headers(),
    outputs=[triton.InferRequestedOutput("value", binary_data=False),
             triton.InferRequestedOutput("probability_Yes", binary_data=True)]))
told["compressed"] = answer(client.infer(
    name, tensors(True), headers=headers(), model_version="3",
    request_compression_algorithm="gzip", response_compression_algorithm="deflate"))
told["statistics"] = client.get_inference_statistics(name, headers=headers())["model_stats"][0]["inference_count"]
client.load_model(name, headers=headers())
for what, call in {
    "unload": lambda: client.unload_model(name, headers=headers()),
    "unknown": lambda: client.infer("nope", tensors(True), headers=headers()),
    "stranger": lambda: client.infer(name, tensors(True)),
}.items():
    try:
        call()
    except InferenceServerException as error:
        told[what] = error.message()
print(json.dumps(told))

"""tritonclient over gRPC: one call, many at once, and a stream."""
import json, queue, sys
import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

address, token, name = sys.argv[1:4]
headers = {"authorization": f"Bearer {token}"}
client = triton.InferenceServerClient(address)
told = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "model_ready": client.is_model_ready(name, "3", headers=headers),
    "extensions": list(client.get_server_metadata().extensions),
    "inputs": [tensor.name for tensor in client.get_model_metadata(name, headers=headers).inputs],
    "config": client.get_model_config(name, headers=headers, as_json=True)["config"]["input"][0],
    "index": client.get_model_repository_index(headers=headers, as_json=True)["models"],
}


def tensors():
    charges = triton.InferInput("total charges", [2, 1], "FP32")
    charges.set_data_from_numpy(np.array([[1.0], [2.0]], dtype=np.float32))
    contract = triton.InferInput("contract", [2, 1], "BYTES")
    contract.set_data_from_numpy(np.array([["Monthly"], ["Jährlich"]], dtype=object))
    return [charges, contract]


def answer(result):
    return {"value": [v.decode() for v in result.as_numpy("value").tolist()],
            "yes": result.as_numpy("probability_Yes").tolist(), "id": result.get_response().id}


told["infer"] = answer(client.infer(name, tensors(), request_id="call-1", headers=headers))
told["compressed"] = answer(client.infer(
    name, tensors(), headers=headers, compression_algorithm="gzip", client_timeout=20,
    outputs=[triton.InferRequestedOutput("value"), triton.InferRequestedOutput("probability_Yes")]))
answers = queue.Queue()
for i in range(20):
    client.async_infer(name, tensors(), callback=lambda result, error: answers.put((result, error)),
                       request_id=str(i), headers=headers)
told["async"] = sorted(int(answer(result)["id"]) for result, error in (answers.get() for _ in range(20)))
client.start_stream(callback=lambda result, error: answers.put((result, error)), headers=headers)
for i in range(3):
    client.async_stream_infer(name if i != 1 else "nope", tensors(), request_id=str(i))
streamed = [answers.get(timeout=20) for _ in range(3)]
told["stream"] = [str(error) if error else answer(result)["id"] for result, error in streamed]
told["final"] = [result.get_response().parameters["triton_final_response"].bool_param for result, error in streamed if not error]
client.stop_stream()
told["statistics"] = int(client.get_inference_statistics(name, headers=headers).model_stats[0].inference_count)
client.load_model(name, headers=headers)
for what, call in {
    "unload": lambda: client.unload_model(name, headers=headers),
    "unknown": lambda: client.infer("nope", tensors(), headers=headers),
    "stranger": lambda: client.infer(name, tensors()),
    "version": lambda: client.infer(name, tensors(), model_version="9", headers=headers),
}.items():
    try:
        call()
    except InferenceServerException as error:
        told[what] = error.status()
print(json.dumps(told))

"""Makes a model as people do in Python, saves it as MLflow does, and asks the endpoint for what ONNX Runtime says here.

    foreign_model.py make FOLDER             an MLflow folder, and what the model is
    foreign_model.py ask FOLDER HOST NAME TOKEN    the largest difference between the endpoint and ONNX Runtime
"""
import json, sys
import mlflow, numpy as np, onnx, onnxruntime
from mlflow.models import infer_signature
from onnx import TensorProto, helper
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

what, folder = sys.argv[1:3]
digits = load_digits()
pixels = (digits.data / 16).astype("float32")


def layer(index, prev, weights, bias, last):
    tensors = [onnx.numpy_helper.from_array(array.astype("float32"), f"{kind}{index}")
               for kind, array in (("w", weights), ("b", bias))]
    nodes = [helper.make_node("Gemm", [prev, f"w{index}", f"b{index}"], [f"z{index}"]),
             helper.make_node("Softmax" if last else "Relu", [f"z{index}"], ["shares" if last else f"a{index}"])]
    return tensors, nodes, f"a{index}"


def graph_of(network):
    tensors, nodes, prev = [], [], "pixels"
    for index, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_)):
        more, steps, prev = layer(index, prev, weights, bias, index == len(network.coefs_) - 1)
        tensors += more
        nodes += steps
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
    graph = helper.make_graph(nodes, "digits", [value("pixels", 64)], [value("shares", 10)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


if what == "make":
    network = MLPClassifier((64, 32), max_iter=60, random_state=1).fit(pixels[:1200], digits.target[:1200])
    mlflow.onnx.save_model(graph_of(network), folder, signature=infer_signature(pixels[:2], np.zeros((2, 10), "float32")))
    print(json.dumps({"accuracy": network.score(pixels[1200:], digits.target[1200:])}))
else:
    import tritonclient.http as triton

    host, name, token = sys.argv[3:6]
    held = pixels[1200:]
    [expected] = onnxruntime.InferenceSession(f"{folder}/model.onnx").run(None, {"pixels": held})
    tensor = triton.InferInput("pixels", list(held.shape), "FP32")
    tensor.set_data_from_numpy(held, binary_data=True)
    answer = triton.InferenceServerClient(host).infer(name, [tensor], headers={"Authorization": f"Bearer {token}"})
    shares = answer.as_numpy("shares")
    right = float((shares.argmax(axis=1) == digits.target[1200:]).mean())
    print(json.dumps({"rows": len(held), "difference": float(np.abs(shares - expected).max()), "accuracy": right}))

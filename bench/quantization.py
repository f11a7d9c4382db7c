"""Trains a small network as people do in Python, and measures what Slipway made of it in plain ONNX Runtime.

    quantization.py make FOLDER              digits.onnx, judge.npz, calibration.npz and what the network is, as JSON
    quantization.py peers FOLDER             onnxruntime's own quantizer on the same network
    quantization.py ask FOLDER FILE [FILE…]  size, accuracy and time of each file in ONNX Runtime for Python

Needs torch (make), onnx, onnxruntime, scikit-learn and numpy.
"""
import json, os, sys, time
import numpy as np

what, folder = sys.argv[1:3]
at = lambda name: os.path.join(folder, name)


def data():
    """scikit-learn's 1,797 scans of digits, 8 by 8, enlarged to 32 by 32 as a camera would give them; split once."""
    from sklearn.datasets import load_digits
    digits = load_digits()
    order = np.random.default_rng(1).permutation(len(digits.target))
    small = (digits.images / 16).astype("float32")[order]
    images = np.kron(small, np.ones((1, 4, 4), "float32"))[:, None]
    labels = digits.target[order].astype("int64")
    return (images[:1200], labels[:1200]), (images[1200:], labels[1200:])


def make():
    import torch
    from torch import nn
    torch.manual_seed(1)
    torch.set_num_threads(2)
    (x, y), (held, truth) = data()
    block = lambda a, b: [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
    net = nn.Sequential(*block(1, 32), *block(32, 64), *block(64, 96), nn.Flatten(), nn.Linear(96 * 16, 128), nn.ReLU(),
                        nn.Dropout(0.2), nn.Linear(128, 10))
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    xs, ys = torch.from_numpy(x), torch.from_numpy(y)
    for epoch in range(6):
        for rows in torch.randperm(len(xs)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(xs[rows]), ys[rows]).backward()
            optimizer.step()
    net.eval()
    with torch.no_grad():
        accuracy = float((net(torch.from_numpy(held)).argmax(1).numpy() == truth).mean())
    write(net.state_dict())
    np.savez(at("judge.npz"), image=held, labels=truth)
    np.savez(at("calibration.npz"), image=x[:300])
    print(json.dumps({"accuracy": accuracy, "bytes": os.path.getsize(at("digits.onnx")),
                      "parameters": sum(p.numel() for p in net.parameters())}))


def write(state):
    """The graph as exporters write it: layers, batch normalization, a dropout that does nothing."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    tensors, nodes, prev = [], [], "image"
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            tensors.append(numpy_helper.from_array(value.numpy(), key))
    def add(kind, inputs, **attributes):
        nonlocal prev
        name = f"{kind.lower()}_{len(nodes)}"
        nodes.append(helper.make_node(kind, [prev, *inputs], [name], **attributes))
        prev = name
    for i in (0, 4, 8):
        add("Conv", [f"{i}.weight", f"{i}.bias"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        add("BatchNormalization", [f"{i + 1}.{k}" for k in ("weight", "bias", "running_mean", "running_var")])
        add("Relu", [])
        add("MaxPool", [], kernel_shape=[2, 2], strides=[2, 2])
    add("Flatten", [], axis=1)
    add("Gemm", ["13.weight", "13.bias"], transB=1)
    add("Relu", [])
    add("Dropout", [])
    nodes.append(helper.make_node("Gemm", [prev, "16.weight", "16.bias"], ["scores"], transB=1))
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "digits", [value("image", ["n", 1, 32, 32])], [value("scores", ["n", 10])], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="pytorch")
    onnx.checker.check_model(model)
    onnx.save(model, at("digits.onnx"))


def peers():
    from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static)
    from onnxruntime.quantization.shape_inference import quant_pre_process
    source = at("digits.onnx")
    quant_pre_process(source, at("peer-prepared.onnx"))
    class Reader(CalibrationDataReader):
        def __init__(self):
            images = np.load(at("calibration.npz"))["image"]
            self.batches = iter([{"image": images[i:i + 50]} for i in range(0, len(images), 50)])
        def get_next(self):
            return next(self.batches, None)
    common = dict(per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    quantize_dynamic(at("peer-prepared.onnx"), at("peer-dynamic.onnx"), op_types_to_quantize=["MatMul", "Gemm"], **common)
    quantize_static(at("peer-prepared.onnx"), at("peer-static.onnx"), Reader(), quant_format=QuantFormat.QDQ,
                    activation_type=QuantType.QUInt8, **common)
    print(json.dumps(["peer-dynamic.onnx", "peer-static.onnx"]))


def ask(files):
    import onnxruntime
    told = np.load(at("judge.npz"))
    images, labels = told["image"], told["labels"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    answers = []
    for file in files:
        session = onnxruntime.InferenceSession(at(file), options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        scores = session.run(None, {name: images})[0]
        times = []
        for _ in range(300):
            begun = time.perf_counter()
            session.run(None, {name: images[:1]})
            times.append(time.perf_counter() - begun)
        answers.append({"file": file, "bytes": os.path.getsize(at(file)),
                        "accuracy": float((scores.argmax(1) == labels).mean()),
                        "oneRowMicroseconds": float(np.median(times) * 1e6)})
    print(json.dumps(answers))


{"make": make, "peers": peers, "ask": lambda: ask(sys.argv[3:])}[what]()

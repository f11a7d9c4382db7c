"""tritonclient's asyncio clients, over HTTP and gRPC: 50 calls at once each."""
import asyncio, json, sys
import numpy as np
import tritonclient.grpc.aio as grpc
import tritonclient.http.aio as http

http_address, grpc_address, token, name = sys.argv[1:5]


async def ask(module, client, headers, number):
    charges = module.InferInput("total charges", [1], "FP64")
    charges.set_data_from_numpy(np.array([float(number)]))
    result = await client.infer(name, [charges], request_id=str(number), headers=headers)
    return float(result.as_numpy("probability_Yes")[0])


async def main():
    told = {}
    for what, module, address, header in [("http", http, http_address, "Authorization"),
                                          ("grpc", grpc, grpc_address, "authorization")]:
        async with module.InferenceServerClient(address) as client:
            assert await client.is_server_ready()
            headers = {header: f"Bearer {token}"}
            told[what] = await asyncio.gather(*(ask(module, client, headers, n) for n in range(50)))
    print(json.dumps(told))


asyncio.run(main())

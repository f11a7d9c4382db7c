import { defineOwn, fail, ownValue } from '@slipway/contract';
import protobuf, { type INamespace, type IType } from 'protobufjs/light.js';
import { exactInteger } from '../../kernel/index.ts';

type FieldSpec = readonly [type: string, id: number, rule?: 'repeated' | 'map'];

const INT64S = ['int64', 1, 'repeated'] as const;

/**
 * The messages of the Open Inference Protocol over gRPC, with Triton's extensions, and of gRPC's health check. Names
 * and numbers: https://github.com/triton-inference-server/common/blob/main/protobuf/grpc_service.proto, model_config.proto and
 * https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto. What is not here is passed over.
 */
const SCHEMA: INamespace = {
  nested: {
    ...messages({
      Empty: {},
      LiveResponse: { live: ['bool', 1] },
      ReadyResponse: { ready: ['bool', 1] },
      ModelRequest: { name: ['string', 1], version: ['string', 2] },
      ServerMetadataResponse: {
        name: ['string', 1],
        version: ['string', 2],
        extensions: ['string', 3, 'repeated'],
      },
      ModelMetadataResponse: {
        name: ['string', 1],
        versions: ['string', 2, 'repeated'],
        platform: ['string', 3],
        inputs: ['TensorMetadata', 4, 'repeated'],
        outputs: ['TensorMetadata', 5, 'repeated'],
      },
      TensorMetadata: { name: ['string', 1], datatype: ['string', 2], shape: ['int64', 3, 'repeated'] },
      ModelInferRequest: {
        model_name: ['string', 1],
        model_version: ['string', 2],
        id: ['string', 3],
        parameters: ['InferParameter', 4, 'map'],
        inputs: ['Tensor', 5, 'repeated'],
        outputs: ['RequestedOutput', 6, 'repeated'],
        raw_input_contents: ['bytes', 7, 'repeated'],
      },
      ModelInferResponse: {
        model_name: ['string', 1],
        model_version: ['string', 2],
        id: ['string', 3],
        parameters: ['InferParameter', 4, 'map'],
        outputs: ['Tensor', 5, 'repeated'],
        raw_output_contents: ['bytes', 6, 'repeated'],
      },
      ModelStreamInferResponse: { error_message: ['string', 1], infer_response: ['ModelInferResponse', 2] },
      InferParameter: {
        bool_param: ['bool', 1],
        int64_param: ['int64', 2],
        string_param: ['string', 3],
        double_param: ['double', 4],
        uint64_param: ['uint64', 5],
      },
      Tensor: {
        name: ['string', 1],
        datatype: ['string', 2],
        shape: ['int64', 3, 'repeated'],
        contents: ['TensorContents', 5],
      },
      RequestedOutput: { name: ['string', 1] },
      TensorContents: {
        bool_contents: ['bool', 1, 'repeated'],
        int_contents: ['int32', 2, 'repeated'],
        int64_contents: ['int64', 3, 'repeated'],
        uint_contents: ['uint32', 4, 'repeated'],
        uint64_contents: ['uint64', 5, 'repeated'],
        fp32_contents: ['float', 6, 'repeated'],
        fp64_contents: ['double', 7, 'repeated'],
        bytes_contents: ['bytes', 8, 'repeated'],
      },
      ModelConfigResponse: { config: ['ModelConfig', 1] },
      ModelConfig: {
        name: ['string', 1],
        platform: ['string', 2],
        version_policy: ['VersionPolicy', 3],
        max_batch_size: ['int32', 4],
        input: ['ModelInput', 5, 'repeated'],
        output: ['ModelOutput', 6, 'repeated'],
        backend: ['string', 17],
      },
      VersionPolicy: { specific: ['SpecificVersions', 3] },
      SpecificVersions: { versions: INT64S },
      ModelInput: {
        name: ['string', 1],
        data_type: ['DataType', 2],
        dims: ['int64', 4, 'repeated'],
        optional: ['bool', 8],
      },
      ModelOutput: { name: ['string', 1], data_type: ['DataType', 2], dims: ['int64', 3, 'repeated'] },
      ModelStatisticsResponse: { model_stats: ['ModelStatistics', 1, 'repeated'] },
      ModelStatistics: {
        name: ['string', 1],
        version: ['string', 2],
        last_inference: ['uint64', 3],
        inference_count: ['uint64', 4],
        execution_count: ['uint64', 5],
        inference_stats: ['InferStatistics', 6],
      },
      InferStatistics: {
        success: ['Duration', 1],
        fail: ['Duration', 2],
        queue: ['Duration', 3],
        compute_input: ['Duration', 4],
        compute_infer: ['Duration', 5],
        compute_output: ['Duration', 6],
        cache_hit: ['Duration', 7],
        cache_miss: ['Duration', 8],
      },
      Duration: { count: ['uint64', 1], ns: ['uint64', 2] },
      RepositoryIndexRequest: { repository_name: ['string', 1], ready: ['bool', 2] },
      RepositoryIndexResponse: { models: ['ModelIndex', 1, 'repeated'] },
      ModelIndex: {
        name: ['string', 1],
        version: ['string', 2],
        state: ['string', 3],
        reason: ['string', 4],
      },
      RepositoryModelRequest: { repository_name: ['string', 1], model_name: ['string', 2] },
      HealthCheckRequest: { service: ['string', 1] },
      HealthCheckResponse: { status: ['ServingStatus', 1] },
    }),
    ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
    DataType: {
      values: {
        TYPE_INVALID: 0,
        TYPE_BOOL: 1,
        TYPE_UINT8: 2,
        TYPE_UINT16: 3,
        TYPE_UINT32: 4,
        TYPE_UINT64: 5,
        TYPE_INT8: 6,
        TYPE_INT16: 7,
        TYPE_INT32: 8,
        TYPE_INT64: 9,
        TYPE_FP16: 10,
        TYPE_FP32: 11,
        TYPE_FP64: 12,
        TYPE_STRING: 13,
        TYPE_BF16: 14,
      },
    },
  },
};

function messages(specs: Record<string, Record<string, FieldSpec>>): Record<string, IType> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, fields]) => [name, { fields: fieldsOf(fields) }]),
  );
}

function fieldsOf(fields: Record<string, FieldSpec>): IType['fields'] {
  const entries = Object.entries(fields).map(([name, [type, id, rule]]) => [
    name,
    rule === 'map' ? { keyType: 'string', type, id } : { type, id, rule },
  ]);
  return Object.fromEntries(entries) as IType['fields'];
}

let root: protobuf.Root | undefined;

/** Made when it is first needed: most processes speak no gRPC. */
function typeOf(name: string): protobuf.Type {
  root ??= protobuf.Root.fromJSON(SCHEMA);
  return root.lookupType(name);
}

/**
 * The message as a plain object, absent fields with their defaults; 64-bit whole numbers beyond 2^53 are bigint. Throws
 * `request.invalid`.
 */
export function decodeMessage(name: string, bytes: Uint8Array): Record<string, unknown> {
  const type = typeOf(name);
  try {
    return withExactLongs(type, type.toObject(type.decode(bytes), { longs: String, defaults: true }));
  } catch (cause) {
    throw fail('request.invalid', { reason: `the bytes are no ${name}` }, { cause });
  }
}

/** The number of a message's field, by which it is found in bytes that are not decoded. */
export function fieldNumber(name: string, field: string): number {
  return typeOf(name).fieldsArray.find((each) => each.name === field)!.id;
}

/** Fills in 64-bit whole numbers, which come as their digits: numbers where these keep them, else bigint. */
function withExactLongs(type: protobuf.Type, message: Record<string, unknown>): Record<string, unknown> {
  for (const field of type.fieldsArray) {
    const { name, resolvedType } = field.resolve();
    const value = ownValue(message, name);
    if (value === null || value === undefined) continue;
    if (field.type === 'int64' || field.type === 'uint64') defineOwn(message, name, exactLongs(value));
    else if (resolvedType instanceof protobuf.Type) {
      const inner = field.map || field.repeated ? Object.values(value) : [value];
      for (const one of inner) withExactLongs(resolvedType, one as Record<string, unknown>);
    }
  }
  return message;
}

function exactLongs(digits: unknown): unknown {
  return Array.isArray(digits) ? digits.map(exactLongs) : exactInteger(BigInt(digits as string));
}

export function encodeMessage(name: string, value: object): Buffer {
  const type = typeOf(name);
  const { buffer, byteOffset, byteLength } = type.encode(type.fromObject(value)).finish();
  return Buffer.from(buffer, byteOffset, byteLength);
}

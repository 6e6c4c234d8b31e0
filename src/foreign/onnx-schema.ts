/** The messages of ONNX that are read and written here (onnx.proto, IR version 3 and later). */
import {
  bytes,
  doubles,
  float,
  floats,
  int,
  ints,
  manyBytes,
  message,
  messages,
  text,
  texts,
  type MessageOf,
} from "./protobuf.ts";

const entry = { key: text(1), value: text(2) };

export const tensorFields = {
  dims: ints(1),
  dataType: int(2),
  floatData: floats(4),
  int32Data: ints(5),
  int64Data: ints(7),
  name: text(8),
  rawData: bytes(9),
  doubleData: doubles(10),
  externalData: messages(13, entry),
  dataLocation: int(14),
};
export type OnnxTensor = MessageOf<typeof tensorFields>;

const attributeFields = {
  name: text(1),
  f: float(2),
  i: int(3),
  s: bytes(4),
  t: message(5, tensorFields),
  /** A graph within, which nothing here looks into. */
  g: bytes(6),
  floats: floats(7),
  ints: ints(8),
  graphs: manyBytes(11),
  type: int(20),
};
export type OnnxAttribute = MessageOf<typeof attributeFields>;

const nodeFields = {
  input: texts(1),
  output: texts(2),
  name: text(3),
  opType: text(4),
  attribute: messages(5, attributeFields),
  domain: text(7),
};
export type OnnxNode = MessageOf<typeof nodeFields>;

const dimensionFields = { value: int(1), parameter: text(2) };
const tensorTypeFields = {
  elementType: int(1),
  shape: message(2, { dim: messages(1, dimensionFields) }),
};
const valueFields = {
  name: text(1),
  type: message(2, { tensorType: message(1, tensorTypeFields) }),
};
export type OnnxValue = MessageOf<typeof valueFields>;

const graphFields = {
  node: messages(1, nodeFields),
  name: text(2),
  initializer: messages(5, tensorFields),
  input: messages(11, valueFields),
  output: messages(12, valueFields),
};
export type OnnxGraph = MessageOf<typeof graphFields>;

export const modelFields = {
  irVersion: int(1),
  producerName: text(2),
  producerVersion: text(3),
  docString: text(6),
  graph: message(7, graphFields),
  opsetImport: messages(8, { domain: text(1), version: int(2) }),
  metadataProps: messages(14, entry),
  functions: manyBytes(25),
};

/** TensorProto.DataType, as far as it is read. */
export const dataTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;

/** AttributeProto.AttributeType, as far as it is written. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  ints: 7,
} as const;

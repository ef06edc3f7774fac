// The ONNX protobuf: every message with its field numbers (facts of the format, IR version 14, onnx.proto of
// onnx 1.20) and the TypeScript view of the messages this project touches. Fields that are not in the list are
// kept as raw bytes by protobufjs, so re-encoding loses nothing. Presence is explicit as in proto2: an attribute
// `i = 0` that was written stays written.
import protobuf from 'protobufjs/light.js';

/** A 64-bit integer as protobufjs gives it; plain numbers are accepted when encoding. */
export interface Int64Parts {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}
export type Int64 = number | Int64Parts;

export interface StringEntry {
  key?: string;
  value?: string;
}

export interface TensorProto {
  dims?: Int64[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: Int64[];
  doubleData?: number[];
  uint64Data?: Int64[];
  name?: string;
  docString?: string;
  rawData?: Uint8Array;
  /** `location` is an absolute path inside this program and relative to the model's folder in a file. */
  externalData?: StringEntry[];
  dataLocation?: number;
}

export interface SparseTensorProto {
  values?: TensorProto;
  indices?: TensorProto;
  dims?: Int64[];
}

export interface DimensionProto {
  dimValue?: Int64;
  dimParam?: string;
}

export interface TypeProto {
  tensorType?: { elemType?: number; shape?: { dim?: DimensionProto[] } };
}

export interface ValueInfoProto {
  name?: string;
  type?: TypeProto;
}

export interface AttributeProto {
  name?: string;
  refAttrName?: string;
  type?: number;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: Int64[];
  strings?: Uint8Array[];
  tensors?: TensorProto[];
  graphs?: GraphProto[];
}

export interface NodeProto {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  domain?: string;
  attribute?: AttributeProto[];
}

export interface GraphProto {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  sparseInitializer?: SparseTensorProto[];
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
}

export interface OperatorSetId {
  domain?: string;
  version?: Int64;
}

export interface ModelProto {
  irVersion?: Int64;
  opsetImport?: OperatorSetId[];
  producerName?: string;
  producerVersion?: string;
  graph?: GraphProto;
  /** Operators the model defines itself. */
  functions?: FunctionProto[];
}

export interface FunctionProto {
  name?: string;
  domain?: string;
}

/** AttributeProto.AttributeType */
export const attributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** TensorProto.DataLocation EXTERNAL */
export const externalLocation = 1;

/**
 * One line per message, `field:number:type`; `*` marks a repeated field, `*p` a packed one, `|name` puts a field
 * into a oneof.
 */
const messages = {
  AttributeProto:
    'name:1:string refAttrName:21:string docString:13:string type:20:int32 f:2:float i:3:int64 s:4:bytes ' +
    't:5:TensorProto g:6:GraphProto sparseTensor:22:SparseTensorProto tp:14:TypeProto floats:7:float* ' +
    'ints:8:int64* strings:9:bytes* tensors:10:TensorProto* graphs:11:GraphProto* ' +
    'sparseTensors:23:SparseTensorProto* typeProtos:15:TypeProto*',
  ValueInfoProto: 'name:1:string type:2:TypeProto docString:3:string metadataProps:4:StringEntry*',
  NodeProto:
    'input:1:string* output:2:string* name:3:string opType:4:string domain:7:string overload:8:string ' +
    'attribute:5:AttributeProto* docString:6:string metadataProps:9:StringEntry* ' +
    'deviceConfigurations:10:NodeDeviceConfiguration*',
  IntIntListEntry: 'key:1:int64 value:2:int64*',
  NodeDeviceConfiguration:
    'configurationId:1:string shardingSpec:2:ShardingSpec* pipelineStage:3:int32',
  ShardingSpec:
    'tensorName:1:string device:2:int64* indexToDeviceGroupMap:3:IntIntListEntry* shardedDim:4:ShardedDim*',
  ShardedDim: 'axis:1:int64 simpleSharding:2:SimpleShardedDim*',
  SimpleShardedDim: 'dimValue:1:int64|dim dimParam:2:string|dim numShards:3:int64',
  TrainingInfoProto:
    'initialization:1:GraphProto algorithm:2:GraphProto initializationBinding:3:StringEntry* ' +
    'updateBinding:4:StringEntry*',
  ModelProto:
    'irVersion:1:int64 opsetImport:8:OperatorSetId* producerName:2:string producerVersion:3:string ' +
    'domain:4:string modelVersion:5:int64 docString:6:string graph:7:GraphProto ' +
    'metadataProps:14:StringEntry* trainingInfo:20:TrainingInfoProto* functions:25:FunctionProto* ' +
    'configuration:26:DeviceConfiguration*',
  DeviceConfiguration: 'name:1:string numDevices:2:int32 device:3:string*',
  StringEntry: 'key:1:string value:2:string',
  TensorAnnotation: 'tensorName:1:string quantParameterTensorNames:2:StringEntry*',
  GraphProto:
    'node:1:NodeProto* name:2:string initializer:5:TensorProto* sparseInitializer:15:SparseTensorProto* ' +
    'docString:10:string input:11:ValueInfoProto* output:12:ValueInfoProto* valueInfo:13:ValueInfoProto* ' +
    'quantizationAnnotation:14:TensorAnnotation* metadataProps:16:StringEntry*',
  TensorProto:
    'dims:1:int64* dataType:2:int32 segment:3:Segment floatData:4:float*p int32Data:5:int32*p ' +
    'stringData:6:bytes* int64Data:7:int64*p name:8:string docString:12:string rawData:9:bytes ' +
    'externalData:13:StringEntry* dataLocation:14:int32 doubleData:10:double*p uint64Data:11:uint64*p ' +
    'metadataProps:16:StringEntry*',
  Segment: 'begin:1:int64 end:2:int64',
  SparseTensorProto: 'values:1:TensorProto indices:2:TensorProto dims:3:int64*',
  TensorShapeProto: 'dim:1:Dimension*',
  Dimension: 'dimValue:1:int64|value dimParam:2:string|value denotation:3:string',
  TypeProto:
    'tensorType:1:TensorType|value sequenceType:4:ElementOfType|value mapType:5:MapType|value ' +
    'optionalType:9:ElementOfType|value sparseTensorType:8:TensorType|value opaqueType:7:OpaqueType|value ' +
    'denotation:6:string',
  TensorType: 'elemType:1:int32 shape:2:TensorShapeProto',
  ElementOfType: 'elemType:1:TypeProto',
  MapType: 'keyType:1:int32 valueType:2:TypeProto',
  OpaqueType: 'domain:1:string name:2:string',
  OperatorSetId: 'domain:1:string version:2:int64',
  FunctionProto:
    'name:1:string input:4:string* output:5:string* attribute:6:string* attributeProto:11:AttributeProto* ' +
    'node:7:NodeProto* docString:8:string opsetImport:9:OperatorSetId* domain:10:string overload:13:string ' +
    'valueInfo:12:ValueInfoProto* metadataProps:14:StringEntry*',
};

function describe(fields: string): protobuf.IType {
  const type: protobuf.IType & { edition: string } = { edition: 'proto2', fields: {}, oneofs: {} };
  for (const field of fields.split(' ')) {
    const [name = '', id = '', declared = ''] = field.split(':');
    const [repeatable = '', oneof] = declared.split('|');
    const [plain = '', repetition] = repeatable.split('*');
    type.fields[name] = {
      id: Number(id),
      type: plain,
      ...(repetition === undefined ? {} : { rule: 'repeated' }),
      ...(repetition === 'p' ? { options: { packed: true } } : {}),
    };
    if (oneof !== undefined && type.oneofs) {
      const members = (type.oneofs[oneof] ??= { oneof: [] });
      members.oneof.push(name);
    }
  }
  return type;
}

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [name, describe(fields)]),
  ),
});
const modelType = root.lookupType('ModelProto');

export function decodeModelProto(bytes: Uint8Array): ModelProto {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return modelType.decode(reader) as unknown as ModelProto;
}

export function encodeModelProto(model: ModelProto): Uint8Array {
  return modelType.encode(model).finish();
}

/** Exact for |value| < 2^53; ONNX sizes, offsets and axes are far below. */
export function toNumber(value: Int64 | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  return value.high * 2 ** 32 + (value.low >>> 0);
}

/** A copy one level deep that keeps fields this schema does not know. */
export function shallowCopy<T extends object>(message: T): T {
  const copy = { ...message };
  const unknown = (message as { $unknowns?: unknown }).$unknowns;
  if (unknown !== undefined) {
    Object.defineProperty(copy, '$unknowns', { value: unknown, enumerable: false });
  }
  return copy;
}

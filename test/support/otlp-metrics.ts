import protobuf from 'protobufjs';

/** One measurement as a receiver sees it. */
export interface Point {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a counter or a gauge. */
  readonly value?: number;
  /** Of a histogram. */
  readonly count?: number;
  readonly sum?: number;
}

export interface OtlpMetrics {
  readonly resource: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** The parts of opentelemetry-proto v1 that metrics use, read by a library that did not write them. */
const schema = `
syntax = "proto3";
message Request { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeMetrics { repeated Metric metrics = 2; }
message Metric {
  string name = 1;
  string unit = 3;
  oneof data { Numbers gauge = 5; Numbers sum = 7; Histogram histogram = 9; }
}
message Numbers { repeated NumberPoint data_points = 1; }
message NumberPoint {
  oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7;
}
message Histogram { repeated HistogramPoint data_points = 1; }
message HistogramPoint { fixed64 count = 4; double sum = 5; repeated KeyValue attributes = 9; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; int64 int_value = 3; } }
`;
const request = protobuf.parse(schema).root.lookupType('Request');

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface DataPoint {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number;
  readonly sum?: number;
}

interface Points {
  readonly dataPoints: readonly DataPoint[];
}

interface Decoded {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly gauge?: Points;
        readonly sum?: Points;
        readonly histogram?: Points;
      }[];
    }[];
  }[];
}

/** What one POST to `/v1/metrics` says. */
export function readOtlp(body: Buffer): OtlpMetrics {
  const decoded = request.toObject(request.decode(body), {
    longs: Number,
    arrays: true,
  }) as Decoded;
  const [only] = decoded.resourceMetrics;
  if (only === undefined) throw new TypeError('The request holds no metrics.');
  return {
    resource: record(only.resource.attributes),
    points: only.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, unit, gauge, sum, histogram }) =>
        (gauge ?? sum ?? histogram ?? { dataPoints: [] }).dataPoints.map((point) => ({
          name,
          unit,
          ...pointOf(point),
        })),
      ),
    ),
  };
}

function pointOf({
  attributes,
  asDouble,
  asInt,
  count,
  sum,
}: DataPoint): Omit<Point, 'name' | 'unit'> {
  const value = asDouble ?? asInt;
  return {
    attributes: record(attributes),
    ...(value === undefined ? {} : { value }),
    ...(count === undefined ? {} : { count }),
    ...(sum === undefined ? {} : { sum }),
  };
}

function record(attributes: readonly Attribute[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? String(value.intValue)]),
  );
}

// As much of JSON Schema as reports/schema needs; a keyword that it does not know is an error, so
// that the schema cannot say more than is checked.

const types = {
  object: (value) => value !== null && typeof value === "object" && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
};

const told = new Set(["$schema", "$defs", "title", "description"]);

const keywords = {
  $ref: (name, value, at, root) => check(resolve(name, root), value, at, root),
  type: (type, value, at) => (types[type](value) ? [] : [`${at}: no ${type}`]),
  const: (only, value, at) => (value === only ? [] : [`${at}: not ${only}`]),
  enum: (list, value, at) => (list.includes(value) ? [] : [`${at}: ${value} is not in the list`]),
  minimum: (min, value, at) => (typeof value !== "number" || value >= min ? [] : [`${at}: below ${min}`]),
  maximum: (max, value, at) => (typeof value !== "number" || value <= max ? [] : [`${at}: above ${max}`]),
  pattern: (source, value, at) =>
    typeof value !== "string" || new RegExp(source, "u").test(value) ? [] : [`${at}: not like ${source}`],
  required: (names, value, at) =>
    names.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}: has no ${name}`),
  properties: (members, value, at, root) =>
    Object.entries(members)
      .filter(([name]) => Object.hasOwn(value, name))
      .flatMap(([name, schema]) => check(schema, value[name], `${at}.${name}`, root)),
  items: (schema, value, at, root) => value.flatMap((item, i) => check(schema, item, `${at}[${i}]`, root)),
  anyOf: (list, value, at, root) =>
    list.some((schema) => check(schema, value, at, root).length === 0) ? [] : [`${at}: fits no choice`],
};

function resolve(name, root) {
  return name.slice(2).split("/").reduce((schema, part) => schema[part], root);
}

function unknownMembers(schema, value, at) {
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(schema.properties, name))
    .map((name) => `${at}: ${name} is not in the schema`);
}

/** What is wrong with `value`, as a list of sentences; empty when it fits. */
export function check(schema, value, at = "top", root = schema) {
  const wrongType = schema.type ? keywords.type(schema.type, value, at) : [];
  if (wrongType.length > 0) return wrongType;
  return Object.entries(schema).flatMap(([word, content]) => {
    if (told.has(word)) return [];
    if (word === "additionalProperties") return unknownMembers(schema, value, at);
    if (!keywords[word]) throw new Error(`the schema says ${word}, which this check does not know`);
    return keywords[word](content, value, at, root);
  });
}

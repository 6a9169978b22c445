/**
 * How a language is read: its grammar, and a query that captures each definition with its `name`, and each use of a name: by
 * itself (`use`), as the member of something (`member`), or where the two cannot be told apart (`either`).
 */
export type Language = { readonly grammar: string; readonly query: string }

/** The language of a file, by its name; null where no grammar here reads it. */
export function languageOf(path: string): Language | null {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase()
  return (extension === undefined ? null : BY_EXTENSION.get(extension)) ?? null
}

// names of nodes are those of the grammars' own src/node-types.json

/** What the three dialects share. Constants count only where others can see them: at the top of a file. */
const SCRIPT = `
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(method_definition name: (property_identifier) @name) @method
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @constant))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant)))
(assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: [(arrow_function) (function_expression)]) @function
(call_expression function: (identifier) @use)
(call_expression function: (member_expression property: (property_identifier) @member))
(new_expression constructor: (identifier) @use)
(import_specifier name: (identifier) @use)
(export_specifier name: (identifier) @use)
(import_clause (identifier) @use)
`
const JAVASCRIPT = `${SCRIPT}
(class_declaration name: (identifier) @name) @class
(class_heritage (identifier) @use)
`
const TYPESCRIPT = `${SCRIPT}
(function_signature name: (identifier) @name) @function
(class_declaration name: (type_identifier) @name) @class
(abstract_class_declaration name: (type_identifier) @name) @class
(abstract_method_signature name: (property_identifier) @name) @method
(interface_declaration name: (type_identifier) @name) @interface
(type_alias_declaration name: (type_identifier) @name) @type
(enum_declaration name: (identifier) @name) @enum
(internal_module name: (identifier) @name) @module
(extends_clause value: (identifier) @use)
(type_identifier) @use
`
const JSX = `
(jsx_opening_element name: (identifier) @use)
(jsx_self_closing_element name: (identifier) @use)
`
const PYTHON = `
(function_definition name: (identifier) @name) @function
(class_definition body: (block (function_definition name: (identifier) @name) @method))
(class_definition body: (block (decorated_definition (function_definition name: (identifier) @name) @method)))
(class_definition name: (identifier) @name) @class
(module (expression_statement (assignment left: (identifier) @name) @constant))
(call function: (identifier) @use)
(call function: (attribute attribute: (identifier) @either))
(import_from_statement name: (dotted_name (identifier) @use))
(import_from_statement name: (aliased_import name: (dotted_name (identifier) @use)))
(class_definition superclasses: (argument_list (identifier) @use))
(decorator (identifier) @use)
(type (identifier) @use)
`
const RUST = `
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @function
(impl_item body: (declaration_list (function_item name: (identifier) @name) @method))
(trait_item body: (declaration_list (function_item name: (identifier) @name) @method))
(trait_item body: (declaration_list (function_signature_item name: (identifier) @name) @method))
(struct_item name: (type_identifier) @name) @class
(union_item name: (type_identifier) @name) @class
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @interface
(type_item name: (type_identifier) @name) @type
(mod_item name: (identifier) @name) @module
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
(call_expression function: (identifier) @use)
(call_expression function: (field_expression field: (field_identifier) @either))
(call_expression function: (scoped_identifier name: (identifier) @either))
(macro_invocation macro: (identifier) @use)
(use_declaration (scoped_identifier name: (identifier) @use))
(use_list (identifier) @use)
(type_identifier) @use
`
const GO = `
(function_declaration name: (identifier) @name) @function
(method_declaration name: (field_identifier) @name) @method
(type_spec name: (type_identifier) @name) @type
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(call_expression function: (identifier) @use)
(call_expression function: (selector_expression field: (field_identifier) @either))
(type_identifier) @use
`

const LANGUAGES: readonly (readonly [extensions: string, Language])[] = [
  ['ts mts cts', { grammar: 'typescript', query: TYPESCRIPT }],
  ['tsx', { grammar: 'tsx', query: TYPESCRIPT + JSX }],
  ['js mjs cjs jsx', { grammar: 'javascript', query: JAVASCRIPT + JSX }],
  ['py pyi', { grammar: 'python', query: PYTHON }],
  ['rs', { grammar: 'rust', query: RUST }],
  ['go', { grammar: 'go', query: GO }],
]
const BY_EXTENSION: ReadonlyMap<string, Language> = new Map(
  LANGUAGES.flatMap(([extensions, language]) =>
    extensions.split(' ').map((extension): [string, Language] => [extension, language]),
  ),
)

package dev.sluice.compiler;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.sluice.model.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * CEL (github.com/google/cel-spec) with what flows add: numbers of different kinds compare and
 * reckon with each other. Every chain of names that an expression mentions becomes one variable of
 * the type that is known of it, so that CEL's own checker finds the mismatches.
 */
final class CelExpressions {
    private static final int MAX_EXPRESSIONS = 20_000;
    private static final int MAX_CHARS = 20_000;
    private static final int MAX_ITERATIONS = 1_000_000;
    private static final int MAX_DEPTH = 100;

    private static final List<String> ARITHMETIC = List.of("_+_", "_-_", "_*_", "_/_");

    private static final CelOptions OPTIONS =
            CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .maxExpressionCodePointSize(MAX_CHARS)
                    .maxParseRecursionDepth(MAX_DEPTH)
                    .comprehensionMaxIterations(MAX_ITERATIONS)
                    .build();
    private final CelCompiler parser =
            base().addLibraries(CelExtensions.strings(), CelExtensions.math()).build();
    private final CelRuntime runtime = runtime();
    private int count;

    /** A checker for each set of functions, since most of its time goes into declaring them. */
    private final Map<Set<String>, CelCompiler> checkers = new HashMap<>();

    private final Map<String, Checked> shapes = new HashMap<>();

    /** The expression made ready, or null if it is wrong, which is told then. */
    Expressions.@Nullable Typed compile(String text, References references, References.Site site) {
        if (++count > MAX_EXPRESSIONS) {
            site.problem(0, "more than " + MAX_EXPRESSIONS + " expressions in one flow");
            return null;
        }
        CelValidationResult parsed = parser.parse(text);
        if (parsed.hasError()) {
            tell(parsed, text, site);
            return null;
        }
        CelAbstractSyntaxTree tree = ast(parsed);
        CelNames names = new CelNames(tree, text);
        SortedMap<Integer, Reference> found = new TreeMap<>();
        boolean wrong = false;
        boolean perItem = false;
        for (List<Reference.Segment> chain : names.chains()) {
            List<Reference.Segment> variable = names.variable(chain);
            Reference reference = references.resolve(chain, site);
            if (reference != null && variable.size() < chain.size()) {
                reference = references.resolve(variable, site);
            }
            if (reference == null) {
                wrong = true;
            } else {
                Reference.Segment root = chain.getFirst();
                found.put(root.offset(), reference);
                perItem |= root.name().equals("item") || root.name().equals("index");
            }
        }
        if (wrong) {
            return null;
        }
        Map<String, Reference> variables = new LinkedHashMap<>();
        found.values().forEach(r -> variables.put(r.name(), r));
        String shape = shape(text, found, List.copyOf(variables.keySet()));
        Checked checked = shape == null ? null : shapes.get(shape);
        if (checked == null) {
            checked = check(tree, names, variables, text, site);
            if (checked == null) {
                return null;
            }
            if (shape != null) {
                shapes.put(shape, checked);
            }
        }
        return new Expressions.Typed(
                checked.withVariables(text.strip(), List.copyOf(variables.values())),
                checked.type(),
                perItem);
    }

    /**
     * An expression whose types are right, whatever its variables are called.
     *
     * @param names of its variables, by their first places
     */
    private record Checked(CelProgram program, List<String> names, ValueType type) {
        CelExpression withVariables(String text, List<Reference> references) {
            Map<String, Reference> variables = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                variables.put(names.get(i), references.get(i));
            }
            return new CelExpression(text, program, variables);
        }
    }

    /**
     * The text with each name replaced by its type and number: what decides how it is checked and
     * run. Null if the names cannot be found in the text again.
     */
    private static @Nullable String shape(
            String text, SortedMap<Integer, Reference> found, List<String> names) {
        StringBuilder shape = new StringBuilder();
        int at = 0;
        for (Map.Entry<Integer, Reference> entry : found.entrySet()) {
            int offset = entry.getKey();
            Reference reference = entry.getValue();
            if (offset < at || !text.startsWith(reference.name(), offset)) {
                return null;
            }
            shape.append(text, at, offset)
                    .append('\0')
                    .append(names.indexOf(reference.name()))
                    .append(reference.type())
                    .append(reference.nullable())
                    .append('\0');
            at = offset + reference.name().length();
        }
        return shape.append(text, at, text.length()).toString();
    }

    private @Nullable Checked check(
            CelAbstractSyntaxTree parsed,
            CelNames names,
            Map<String, Reference> variables,
            String text,
            References.Site site) {
        CelAbstractSyntaxTree tree = parsed;
        Set<String> functions = new HashSet<>(names.functions());
        if (functions.contains(CelTrees.INDEX)) {
            functions.add(CelTrees.DYN);
            tree = CelTrees.withUntypedItems(tree);
        }
        CelCompilerBuilder builder =
                checkers.computeIfAbsent(functions, CelExpressions::checker).toCompilerBuilder();
        variables.values().forEach(v -> builder.addVar(v.name(), type(v, names.mentionsNull())));
        CelValidationResult result = builder.build().check(tree);
        if (result.hasError()) {
            tell(result, text, site);
            return null;
        }
        CelAbstractSyntaxTree sound = CelTrees.withPlainEquality(ast(result));
        return new Checked(
                new CelProgram(runtime, sound),
                List.copyOf(variables.keySet()),
                valueType(sound.getResultType()));
    }

    private static CelAbstractSyntaxTree ast(CelValidationResult result) {
        try {
            return result.getAst();
        } catch (dev.cel.common.CelValidationException e) {
            throw new IllegalStateException("was checked to have no errors", e);
        }
    }

    private static void tell(CelValidationResult result, String text, References.Site site) {
        for (CelIssue issue : result.getErrors()) {
            int line = issue.getSourceLocation().getLine();
            int offset = Math.max(0, issue.getSourceLocation().getColumn());
            for (int start = 0; line > 1; line--) {
                start = text.indexOf('\n', start) + 1;
                offset = start + Math.max(0, issue.getSourceLocation().getColumn());
            }
            site.problem(Math.min(offset, text.length()), CelWords.plain(issue.getMessage()));
        }
    }

    private static CelType type(Reference variable, boolean mentionsNull) {
        CelType type =
                switch (variable.type()) {
                    case STRING -> SimpleType.STRING;
                    case INTEGER -> SimpleType.INT;
                    case NUMBER -> SimpleType.DOUBLE;
                    case BOOLEAN -> SimpleType.BOOL;
                    case LIST -> mentionsNull ? SimpleType.DYN : ListType.create(SimpleType.DYN);
                    case MAP ->
                            mentionsNull
                                    ? SimpleType.DYN
                                    : MapType.create(SimpleType.STRING, SimpleType.DYN);
                    case FILE, TABLE, ANY -> SimpleType.DYN;
                };
        return variable.nullable() && type instanceof SimpleType && !type.equals(SimpleType.DYN)
                ? NullableType.create(type)
                : type;
    }

    private static ValueType valueType(CelType type) {
        return switch (type.kind()) {
            case STRING -> ValueType.STRING;
            case INT, UINT -> ValueType.INTEGER;
            case DOUBLE -> ValueType.NUMBER;
            case BOOL -> ValueType.BOOLEAN;
            case LIST -> ValueType.LIST;
            case MAP -> ValueType.MAP;
            default -> ValueType.ANY;
        };
    }

    private static CelCompilerBuilder base() {
        return CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setStandardEnvironmentEnabled(false);
    }

    private static CelCompiler checker(Set<String> functions) {
        Set<String> others = new HashSet<>(functions);
        List<StandardFunction> standard = new ArrayList<>();
        for (StandardFunction function : StandardFunction.values()) {
            if (functions.contains(function.functionName())) {
                standard.add(function);
                others.remove(function.functionName());
            }
        }
        CelCompilerBuilder builder =
                base().setStandardDeclarations(
                                CelStandardDeclarations.newBuilder()
                                        .includeFunctions(standard)
                                        .build());
        for (String operator : ARITHMETIC) {
            if (functions.contains(operator)) {
                builder.addFunctionDeclarations(mixed(operator, SimpleType.DOUBLE));
            }
        }
        for (String operator : List.of(CelTrees.EQUAL, CelTrees.UNEQUAL)) {
            if (functions.contains(operator)) {
                builder.addFunctionDeclarations(mixed(operator, SimpleType.BOOL));
            }
        }
        if (!others.isEmpty()) {
            builder.addLibraries(CelExtensions.strings(), CelExtensions.math());
        }
        return builder.build();
    }

    private static CelFunctionDecl mixed(String function, CelType result) {
        return CelFunctionDecl.newFunctionDeclaration(
                function,
                CelOverloadDecl.newGlobalOverload(
                        function + "int_double", result, SimpleType.INT, SimpleType.DOUBLE),
                CelOverloadDecl.newGlobalOverload(
                        function + "double_int", result, SimpleType.DOUBLE, SimpleType.INT));
    }

    private static CelRuntime runtime() {
        List<CelFunctionBinding> bindings = new ArrayList<>();
        for (String operator : ARITHMETIC) {
            bindings.add(
                    CelFunctionBinding.from(
                            operator + "int_double",
                            Long.class,
                            Double.class,
                            (a, b) -> compute(operator, a, b)));
            bindings.add(
                    CelFunctionBinding.from(
                            operator + "double_int",
                            Double.class,
                            Long.class,
                            (a, b) -> compute(operator, a, b)));
        }
        return CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .addLibraries(CelExtensions.strings(), CelExtensions.math())
                .addFunctionBindings(bindings)
                .build();
    }

    private static double compute(String operator, double a, double b) {
        return switch (operator) {
            case "_+_" -> a + b;
            case "_-_" -> a - b;
            case "_*_" -> a * b;
            default -> a / b;
        };
    }
}

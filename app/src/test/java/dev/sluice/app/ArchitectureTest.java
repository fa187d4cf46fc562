package dev.sluice.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Who may know whom, and what the pure modules may touch: the rules of ARCHITECTURE.md that neither
 * Maven nor the compiler can see.
 */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.sluice");

    /** Module to the modules it may know, itself aside. */
    private static final Map<String, List<String>> MAY_KNOW = mayKnow();

    private static Map<String, List<String>> mayKnow() {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        rules.put("model", List.of());
        rules.put("engine", List.of("model"));
        rules.put("spi", List.of("model"));
        rules.put("compiler", List.of("model", "engine", "spi"));
        rules.put("testkit", List.of("model", "spi"));
        rules.put("store", List.of("model", "spi"));
        rules.put("sandbox", List.of("model", "spi"));
        rules.put("runtime", List.of("model", "engine", "spi", "compiler"));
        rules.put("tasks", List.of("model", "spi"));
        rules.put("graph", List.of("model", "engine", "spi", "compiler"));
        rules.put("cli", List.of("model"));
        rules.put("app", allBut("app", rules.keySet()));
        return rules;
    }

    private static List<String> allBut(String module, Set<String> modules) {
        return modules.stream().filter(m -> !m.equals(module)).toList();
    }

    @Test
    void everyModuleKnowsOnlyTheModulesItMay() {
        MAY_KNOW.forEach((module, others) -> {
            String[] allowed =
                    Stream.concat(others.stream(), Stream.of(module))
                            .map(m -> "dev.sluice." + m + "..")
                            .toArray(String[]::new);
            classes()
                    .that(resideInAPackage("dev.sluice." + module + ".."))
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(outsideOfSluice()))
                    .because("of ARCHITECTURE.md, who may know whom")
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    @Test
    void everyPackageBelongsToAModuleWithARule() {
        Set<String> found =
                CLASSES.stream()
                        .map(c -> c.getPackageName().split("\\.")[2])
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(MAY_KNOW.keySet()).containsAll(found);
    }

    @Test
    void taskFamiliesDoNotKnowEachOther() {
        slices().matching("dev.sluice.tasks.(*)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void packagesDoNotGoInCircles() {
        slices().matching("dev.sluice.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void modelAndEngineTouchNothingOutside() {
        noClasses()
                .that(resideInAnyPackage("dev.sluice.model..", "dev.sluice.engine.."))
                .should()
                .dependOnClassesThat(touchTheWorld())
                .because("what happens next is a function of the state and the event")
                .check(CLASSES);
    }

    @Test
    void modelAndEngineAskNeitherClockNorChance() {
        noClasses()
                .that(resideInAnyPackage("dev.sluice.model..", "dev.sluice.engine.."))
                .should()
                .accessTargetWhere(impure())
                .because("time, ids and randomness are arguments")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Utils?|Impl)$")
                .because("such a name fits anything")
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> outsideOfSluice() {
        return DescribedPredicate.not(resideInAPackage("dev.sluice.."));
    }

    private static DescribedPredicate<JavaClass> touchTheWorld() {
        DescribedPredicate<JavaClass> files =
                resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.sql..")
                        .or(nameMatching("java\\.io\\.(File|RandomAccessFile|Console).*"));
        DescribedPredicate<JavaClass> network =
                resideInAnyPackage("java.net.http..", "javax.net..")
                        .or(nameMatching("java\\.net\\.(.*Socket.*|URLConnection|Inet.*|URL)"));
        DescribedPredicate<JavaClass> threads =
                belongToAnyOf(Thread.class, ThreadLocal.class, Process.class, ProcessBuilder.class)
                        .or(nameMatching("java\\.util\\.concurrent\\.(?!TimeUnit).*"))
                        .or(nameMatching("java\\.util\\.Timer.*"));
        DescribedPredicate<JavaClass> chance = belongToAnyOf(Random.class, SecureRandom.class);
        return files.or(network)
                .or(threads)
                .or(chance)
                .as("are files, sockets, threads or sources of randomness");
    }

    private static DescribedPredicate<JavaAccess<?>> impure() {
        return DescribedPredicate.describe(
                "clock, randomness or process state",
                access -> {
                    String owner = access.getTargetOwner().getName();
                    String member = access.getName();
                    return switch (owner) {
                        case "java.lang.System" ->
                                !Set.of("arraycopy", "identityHashCode").contains(member);
                        case "java.lang.Math", "java.lang.StrictMath" -> member.equals("random");
                        case "java.util.UUID" -> member.equals("randomUUID");
                        case "java.lang.Runtime" -> true;
                        case String name when name.startsWith("java.time.") ->
                                member.equals("now") || name.equals("java.time.Clock");
                        case String _ -> false;
                    };
                });
    }
}

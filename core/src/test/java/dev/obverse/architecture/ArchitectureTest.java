package dev.obverse.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.obverse.backend.Backends;
import dev.obverse.tensor.op.Op;

/** Which part of core may know which other. */
@AnalyzeClasses(packages = "dev.obverse", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheSimdKernelsUseTheVectorModule = noClasses()
            .that()
            .resideOutsideOfPackage("dev.obverse.backend.cpu.simd..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..")
            .because("the library must run without the incubator module");

    @ArchTest
    static final ArchRule opsKnowTheContractOnly = noClasses()
            .that()
            .resideInAPackage("dev.obverse.tensor.op..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.obverse.backend.cpu..", "dev.obverse.backend.reference..")
            .because("an op computes on every backend");

    @ArchTest
    static final ArchRule onlyTheRegistryKnowsConcreteBackends = noClasses()
            .that()
            .resideOutsideOfPackages("dev.obverse.backend.cpu..", "dev.obverse.backend.reference..")
            .and()
            .doNotBelongToAnyOf(Backends.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.obverse.backend.cpu..", "dev.obverse.backend.reference..")
            .because("Backends is where a device finds its backend");

    @ArchTest
    static final ArchRule theOracleIsIndependent = noClasses()
            .that()
            .resideInAPackage("dev.obverse.backend.reference..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.obverse.backend.cpu..")
            .because("what checks must not share code with what is checked");

    @ArchTest
    static final ArchRule theContractKnowsNoOps = noClasses()
            .that()
            .resideInAPackage("dev.obverse.backend")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.obverse.tensor.op..", "dev.obverse.autograd..");

    @ArchTest
    static final ArchRule opsAreRecords =
            classes().that().implement(Op.class).should().beRecords().because("an op is its attributes");

    @ArchTest
    static final ArchRule librariesDoNotPrint = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule librariesLogThroughSystemLogger = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}

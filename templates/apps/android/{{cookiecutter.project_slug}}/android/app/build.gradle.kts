import javax.inject.Inject
import org.gradle.api.file.FileSystemOperations

plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "com.example.digits"
    compileSdk = 36

    defaultConfig {
        applicationId = "com.example.{{ cookiecutter.package_name }}"
        minSdk = 24
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }
}

dependencies {
    implementation(libs.runtime)
    // Android has its own org.json; tests on the computer need a real one too.
    testImplementation(libs.json)
    testImplementation(libs.junit)
    androidTestImplementation(libs.test.junit)
    androidTestImplementation(libs.test.runner)
}

/** Puts what `export` wrote into the app's assets: model, signature and examples. */
abstract class CopyModel : DefaultTask() {
    @get:InputFiles
    abstract val artifacts: DirectoryProperty

    @get:OutputDirectory
    abstract val assets: DirectoryProperty

    @get:Inject
    abstract val files: FileSystemOperations

    @TaskAction
    fun copy() {
        if (!artifacts.file("signature.json").get().asFile.exists()) {
            throw GradleException(
                "There is no model to put into the app: run " +
                    "`python -m {{ cookiecutter.package_name }}.export` first."
            )
        }
        files.sync {
            from(artifacts)
            into(assets.dir("model"))
        }
    }
}

val copyModel = tasks.register<CopyModel>("copyModel") {
    artifacts = rootProject.layout.projectDirectory.dir("../artifacts")
}

androidComponents {
    onVariants { variant ->
        variant.sources.assets?.addGeneratedSourceDirectory(copyModel, CopyModel::assets)
    }
}

package androidx.test.ext.junit.runners;

/** The part of the public API that the generated apps use, to compile them against. */
public final class AndroidJUnit4 extends org.junit.runner.Runner {
}

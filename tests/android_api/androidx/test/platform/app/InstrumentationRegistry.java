package androidx.test.platform.app;

/** The part of the public API that the generated apps use, to compile them against. */
public final class InstrumentationRegistry {
    public static android.app.Instrumentation getInstrumentation() { throw new UnsupportedOperationException(); }
}

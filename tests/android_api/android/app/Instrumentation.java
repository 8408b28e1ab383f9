package android.app;

/** The part of the public API that the generated apps use, to compile them against. */
public class Instrumentation {
    public android.content.Context getTargetContext() { throw new UnsupportedOperationException(); }
}

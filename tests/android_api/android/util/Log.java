package android.util;

/** The part of the public API that the generated apps use, to compile them against. */
public final class Log {
    public static int i(String tag, String message) { throw new UnsupportedOperationException(); }
}

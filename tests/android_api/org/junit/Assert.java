package org.junit;

import org.junit.function.ThrowingRunnable;

/** The part of the public API that the generated apps use, to compile them against. */
public class Assert {
    public static void assertEquals(long expected, long actual) { throw new UnsupportedOperationException(); }
    public static void assertEquals(Object expected, Object actual) { throw new UnsupportedOperationException(); }
    public static void assertEquals(String message, double expected, double actual, double delta) { throw new UnsupportedOperationException(); }
    public static void assertArrayEquals(float[] expected, float[] actual, float delta) { throw new UnsupportedOperationException(); }
    public static void assertArrayEquals(long[] expected, long[] actual) { throw new UnsupportedOperationException(); }
    public static <T extends Throwable> T assertThrows(Class<T> expected, ThrowingRunnable runnable) { throw new UnsupportedOperationException(); }
}

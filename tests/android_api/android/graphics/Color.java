package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public class Color {
    public static final int BLACK = 0xFF000000;
    public static final int GRAY = 0xFF888888;
    public static final int WHITE = 0xFFFFFFFF;
    public static int red(int color) { throw new UnsupportedOperationException(); }
    public static int rgb(int red, int green, int blue) { throw new UnsupportedOperationException(); }
}

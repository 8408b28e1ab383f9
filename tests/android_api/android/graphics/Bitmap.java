package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public final class Bitmap {
    public enum Config { ARGB_8888 }
    public static Bitmap createBitmap(int width, int height, Config config) { throw new UnsupportedOperationException(); }
    public void getPixels(int[] pixels, int offset, int stride, int x, int y, int width, int height) { throw new UnsupportedOperationException(); }
}

package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public class Canvas {
    public Canvas() { throw new UnsupportedOperationException(); }
    public Canvas(Bitmap bitmap) { throw new UnsupportedOperationException(); }
    public void drawColor(int color) { throw new UnsupportedOperationException(); }
    public void drawPath(Path path, Paint paint) { throw new UnsupportedOperationException(); }
    public void drawRect(float left, float top, float right, float bottom, Paint paint) { throw new UnsupportedOperationException(); }
    public void drawText(String text, float x, float y, Paint paint) { throw new UnsupportedOperationException(); }
    public void scale(float x, float y) { throw new UnsupportedOperationException(); }
    public void translate(float x, float y) { throw new UnsupportedOperationException(); }
}

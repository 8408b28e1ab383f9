package android.graphics;

/** The part of the public API that the generated apps use, to compile them against. */
public class RectF {
    public RectF() { throw new UnsupportedOperationException(); }
    public final float width() { throw new UnsupportedOperationException(); }
    public final float height() { throw new UnsupportedOperationException(); }
    public final float centerX() { throw new UnsupportedOperationException(); }
    public final float centerY() { throw new UnsupportedOperationException(); }
}

package android.view;

/** The part of the public API that the generated apps use, to compile them against. */
public class View {
    public View(android.content.Context context, android.util.AttributeSet attributes) { throw new UnsupportedOperationException(); }
    public interface OnClickListener {
        void onClick(View view);
    }
    public static class MeasureSpec {
        public static int getSize(int spec) { throw new UnsupportedOperationException(); }
    }
    public final int getWidth() { throw new UnsupportedOperationException(); }
    public final int getHeight() { throw new UnsupportedOperationException(); }
    public void invalidate() { throw new UnsupportedOperationException(); }
    public void setContentDescription(CharSequence words) { throw new UnsupportedOperationException(); }
    public CharSequence getContentDescription() { throw new UnsupportedOperationException(); }
    public void setOnClickListener(OnClickListener listener) { throw new UnsupportedOperationException(); }
    public boolean performClick() { throw new UnsupportedOperationException(); }
    public boolean onTouchEvent(MotionEvent event) { throw new UnsupportedOperationException(); }
    protected void onDraw(android.graphics.Canvas canvas) { throw new UnsupportedOperationException(); }
    protected void onMeasure(int width, int height) { throw new UnsupportedOperationException(); }
    protected final void setMeasuredDimension(int width, int height) { throw new UnsupportedOperationException(); }
}

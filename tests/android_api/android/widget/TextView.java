package android.widget;

/** The part of the public API that the generated apps use, to compile them against. */
public class TextView extends android.view.View {
    public TextView(android.content.Context context, android.util.AttributeSet attributes) { super(context, attributes); }
    public final void setText(CharSequence words) { throw new UnsupportedOperationException(); }
    public CharSequence getText() { throw new UnsupportedOperationException(); }
}

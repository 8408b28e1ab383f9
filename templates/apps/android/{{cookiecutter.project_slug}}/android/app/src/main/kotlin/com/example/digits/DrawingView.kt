package com.example.digits

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.graphics.RectF
import android.util.AttributeSet
import android.view.MotionEvent
import android.view.View
import kotlin.math.max
import kotlin.math.min

/** A square to draw on, in white on black: ink is bright, as in the training data. */
class DrawingView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    /** Called when a stroke has ended and when all have been wiped away. */
    var onChange: () -> Unit = {}

    private val strokes = Path()
    private val pen = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = Color.WHITE
        style = Paint.Style.STROKE
        strokeCap = Paint.Cap.ROUND
        strokeJoin = Paint.Join.ROUND
    }

    /** Returns the grey values of the drawing, [PICTURE] squared; null if there is none. */
    fun picture(): IntArray? {
        if (strokes.isEmpty) return null
        // The training data fills its frame, so the drawing is cut out to fill it too.
        val ink = RectF().also { strokes.computeBounds(it, true) }
        val side = max(ink.width(), ink.height()) + pen.strokeWidth
        val bitmap = Bitmap.createBitmap(PICTURE, PICTURE, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(bitmap)
        canvas.drawColor(Color.BLACK)
        canvas.scale(PICTURE / side, PICTURE / side)
        canvas.translate(side / 2 - ink.centerX(), side / 2 - ink.centerY())
        canvas.drawPath(strokes, pen)
        val pixels = IntArray(PICTURE * PICTURE)
        bitmap.getPixels(pixels, 0, PICTURE, 0, 0, PICTURE, PICTURE)
        return IntArray(pixels.size) { Color.red(pixels[it]) }
    }

    fun wipe() {
        strokes.reset()
        invalidate()
        onChange()
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val side = min(
            MeasureSpec.getSize(widthMeasureSpec),
            MeasureSpec.getSize(heightMeasureSpec)
        )
        setMeasuredDimension(side, side)
        pen.strokeWidth = side / 9f // for its height, as thick as in the training data
    }

    override fun onDraw(canvas: Canvas) {
        canvas.drawColor(Color.BLACK)
        canvas.drawPath(strokes, pen)
    }

    override fun onTouchEvent(event: MotionEvent): Boolean {
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> {
                strokes.moveTo(event.x, event.y)
                strokes.lineTo(event.x, event.y) // a tap is a dot
            }
            MotionEvent.ACTION_MOVE -> strokes.lineTo(event.x, event.y)
            MotionEvent.ACTION_UP, MotionEvent.ACTION_CANCEL -> performClick()
            else -> return false
        }
        invalidate()
        return true
    }

    override fun performClick(): Boolean {
        super.performClick()
        onChange()
        return true
    }

    companion object {
        const val PICTURE = 64
    }
}

package com.example.digits

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.util.AttributeSet
import android.view.View

/** One bar for each label, as long as the label is probable. */
class BarsView(context: Context, attributes: AttributeSet?) : View(context, attributes) {
    private var labels = emptyList<String>()
    private var probabilities = FloatArray(0)
    private val words = Paint(Paint.ANTI_ALIAS_FLAG).apply { color = Color.GRAY }
    private val bar = Paint().apply { color = Color.rgb(57, 73, 171) }
    private val best = Paint().apply { color = Color.rgb(0, 150, 136) }

    fun show(labels: List<String>, probabilities: FloatArray) {
        this.labels = labels
        this.probabilities = probabilities
        val order = probabilities.indices.sortedByDescending { probabilities[it] }
        contentDescription = order.take(1).joinToString { labels[it] }
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        val highest = probabilities.indices.maxByOrNull { probabilities[it] } ?: return
        val row = height.toFloat() / labels.size
        words.textSize = row * 0.7f
        for ((index, label) in labels.withIndex()) {
            val bottom = (index + 1) * row
            val left = row * 2
            val length = probabilities[index] * (width - left)
            val paint = if (index == highest) best else bar
            canvas.drawText(label, 0f, bottom - row * 0.25f, words)
            canvas.drawRect(left, bottom - row * 0.8f, left + length, bottom, paint)
        }
    }
}

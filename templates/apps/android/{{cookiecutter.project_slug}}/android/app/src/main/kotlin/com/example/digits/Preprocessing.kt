package com.example.digits

import kotlin.math.max
import kotlin.math.min
import org.json.JSONObject

// The orders of axes in which the values of a grey picture follow each other row by row.
private val LAYOUTS = setOf("NHW", "NHWC", "NCHW")

/**
 * Turns a grey picture into the model's input, as signature.json says.
 *
 * prepare.py does the same in Python: change both together.
 */
class Preprocessing(fields: JSONObject) {
    private val height = fields.getInt("height")
    private val width = fields.getInt("width")
    private val scale = fields.getDouble("scale")
    private val layout = fields.getString("layout")

    init {
        require(layout in LAYOUTS) { "signature.json has the layout $layout, not one of $LAYOUTS" }
    }

    /** The shape of the input for one picture: its axes as `layout` orders them. */
    val shape: LongArray = layout.map(::size).toLongArray()

    /** Returns the input for the grey values, 0 to 255, of a picture, row by row. */
    fun toInput(pixels: IntArray, pictureWidth: Int): FloatArray {
        val rows = shares(pixels.size / pictureWidth, height)
        val columns = shares(pictureWidth, width)
        val squeezed = rows.map { row ->
            DoubleArray(pictureWidth) { x ->
                row.indices.sumOf { y -> row[y] * pixels[y * pictureWidth + x] }
            }
        }
        return FloatArray(height * width) { index ->
            val row = squeezed[index / width]
            val column = columns[index % width]
            (column.indices.sumOf { x -> column[x] * row[x] } * scale).toFloat()
        }
    }

    private fun size(axis: Char): Long = when (axis) {
        'H' -> height.toLong()
        'W' -> width.toLong()
        else -> 1L // one picture, of one channel
    }
}

/** Returns, for each target pixel, how much of it each source pixel makes up. */
internal fun shares(source: Int, target: Int): List<DoubleArray> {
    val step = source.toDouble() / target
    return List(target) { index ->
        DoubleArray(source) { pixel ->
            val start = max(index * step, pixel.toDouble())
            val end = min((index + 1) * step, pixel + 1.0)
            max(end - start, 0.0) / step
        }
    }
}

package com.example.digits

import java.io.File
import org.json.JSONObject

/** What `export` wrote of the model to signature.json. */
class Signature(json: String) {
    private val fields = JSONObject(json)
    private val tolerance = fields.getJSONObject("tolerance")

    val artifact: String = fields.getString("artifact")
    val labels: List<String> = fields.getJSONArray("labels").let { names ->
        List(names.length(), names::getString)
    }
    val preprocessing = Preprocessing(fields.getJSONObject("preprocessing"))

    /** How far from the trained model's outputs the app's may lie. */
    val absoluteTolerance = tolerance.getDouble("absolute")
    val relativeTolerance = tolerance.getDouble("relative")

    companion object {
        /** Returns the signature in a folder of artifacts. */
        fun read(folder: File): Signature = Signature(File(folder, "signature.json").readText())
    }
}

package com.example.digits

import android.content.Context
import java.io.File

private const val FOLDER = "model"

/** Copies the model and its contract out of the app's assets and returns their folder. */
fun unpackModel(context: Context): File {
    // The runtimes map a file into memory; an asset has no path of its own.
    val folder = File(context.noBackupFilesDir, FOLDER)
    folder.mkdirs()
    for (name in context.assets.list(FOLDER).orEmpty()) {
        context.assets.open("$FOLDER/$name").use { asset ->
            File(folder, name).outputStream().use { file -> asset.copyTo(file) }
        }
    }
    return folder
}

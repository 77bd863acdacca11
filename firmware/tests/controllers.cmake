# The acoustic controllers in single precision.
anc_test(controllers controllers.c)
target_include_directories(controllers PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
